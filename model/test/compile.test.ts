import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { card as cardSchema } from '../../core/card/card.ts'
import { makeEncoder } from '../../core/card/encode.ts'
import { BlindscoreError } from '../../core/errors.ts'
import { readPredictors } from '../../core/protocol/open.ts'
import { slotsPerCiphertext } from '../../core/protocol/paillier/layout.ts'
import { integerPredictor, offsetPlaintext } from '../../core/protocol/scoring.ts'
import { runs } from '../../core/test/dial.ts'
import { atMost, distance, ofDouble, ofText, plus, times } from '../../core/test/exact.ts'
import { noopPair, scoreRecords } from '../../core/test/path.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import { type CompiledModel, compileModel } from '../compile.ts'
import type { ModelFeature, ModelFile } from '../modelFile.ts'

const magnitude = (least: number, most: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: least, max: most }))
    .map(([m, e]) => Number(`${m}e${e - 5}`))
const signed = (least: number, most: number) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.tuple(magnitude(least, most), fc.boolean()).map(([m, minus]) => (minus ? -m : m)) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, -1) },
    { weight: 2, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
  )

/** A feature without its name; ranges of many widths and places, ends short or with all the digits of a double. */
const anyFeature: fc.Arbitrary<ModelFeature> = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: -5000, max: 5000 }),
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: -3, max: 4 }),
      fc.boolean(),
    )
    .map(([first, steps, places, declared]): ModelFeature => {
      const range: [number, number] = [Number(`${first}e${-places}`), Number(`${first + steps}e${-places}`)]
      return { name: '', type: 'number', range, ...(declared && { step: Number(`1e${-places}`) }) }
    }),
  fc
    .tuple(fc.double({ min: -100, max: 100, noNaN: true }), fc.double({ min: 1e-3, max: 1000, noNaN: true }))
    .map(([min, width]): ModelFeature => ({ name: '', type: 'number', range: [min, min + width] })),
  fc
    .tuple(fc.integer({ min: -100, max: 100 }), fc.nat(1000))
    .map(([min, width]): ModelFeature => ({ name: '', type: 'integer', range: [min, min + width] })),
  fc.integer({ min: 1, max: 4 }).map(
    (count): ModelFeature => ({
      name: '',
      type: 'category',
      levels: ['a', 'b', 'c', 'd'].slice(0, count),
    }),
  ),
)

const anyModel: fc.Arbitrary<ModelFile> = fc
  .tuple(
    fc.array(anyFeature, { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 2, max: 9 }),
    fc.infiniteStream(signed(-8, 4)),
  )
  .map(([drawn, headCount, digits, weights]) => {
    const features = drawn.map((feature, i) => ({ ...feature, name: `f${i}` }))
    const weight = (): number => weights.next().value as number
    return {
      format: 'blindscore-model/1',
      id: 'random',
      version: '1',
      title: 'random',
      description: '',
      link: 'identity',
      tolerance: Number(`1e-${digits}`),
      features,
      heads: Array.from({ length: headCount }, () => ({
        intercept: weight(),
        terms: features.flatMap((feature) =>
          feature.type === 'category'
            ? feature.levels.slice(1).map((level) => ({ feature: feature.name, level, weight: weight() }))
            : [{ feature: feature.name, weight: weight() }],
        ),
      })),
    }
  })

/** Null when the tolerance takes more room than there is, or leaves nothing to weigh: those refusals have their own tests. */
function compiled(file: ModelFile): CompiledModel | null {
  try {
    return compileModel(file)
  } catch (error) {
    if (error instanceof BlindscoreError && ['model/budget', 'model/invalid'].includes(error.code)) return null
    throw error
  }
}

/** A cell inside the feature's range: at its ends, or with more decimals than the step where those are allowed. */
function cell(model: CompiledModel, f: number, part: number): string {
  const feature = model.card.features[f]
  if (feature?.type !== 'number') return feature?.levels[Math.floor(part * feature.levels.length)] ?? ''
  const extra = feature.finer === 'nearest' ? 6 : 0
  const scale = feature.places + extra
  const steps = (text: string): bigint => {
    const { over, under } = ofText(text)
    return scale >= 0 ? (over * 10n ** BigInt(scale)) / under : over / (under * 10n ** BigInt(-scale))
  }
  const [first, last] = [steps(feature.min), steps(feature.max)]
  // The ends themselves are likely: they are where the bound is tight.
  const at =
    part < 0.1 ? first : part > 0.9 ? last : first + ((last - first) * BigInt(Math.floor(part * 2 ** 32))) / 2n ** 32n
  return `${at}e${-scale}`
}

/** η of a record in exact arithmetic, from the file's own numbers and the cells' own text. */
function exactPredictors(file: ModelFile, cells: readonly string[]) {
  return file.heads.map(({ intercept, terms }) =>
    terms.reduce((eta, { feature, level, weight }) => {
      const text = cells[file.features.findIndex(({ name }) => name === feature)] as string
      if (level !== undefined) return text === level ? plus(eta, ofDouble(weight)) : eta
      const [digits = '', exponent = '0'] = text.split('e')
      const power = Number(exponent)
      const value = {
        over: BigInt(digits) * 10n ** BigInt(Math.max(0, power)),
        under: 10n ** BigInt(Math.max(0, -power)),
      }
      return plus(eta, times(ofDouble(weight), value))
    }, ofDouble(intercept)),
  )
}

describe('the proven bound', () => {
  it('|η − (C + Σ W·x)/S| ≤ errorBound ≤ tolerance, exactly, for random models and records', () => {
    let held = 0
    let drawn = 0
    fc.assert(
      fc.property(
        anyModel,
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 30, maxLength: 30 }),
        (file, parts) => {
          drawn++
          const model = compiled(file)
          if (model === null) return
          held++
          const { card, heads } = model
          expect(card.errorBound).toBeLessThanOrEqual(card.tolerance)
          const bound = ofDouble(card.errorBound)
          const scale = ofDouble(2 ** card.scaleBits)
          const encoder = makeEncoder(card)
          for (let r = 0; r + card.features.length <= parts.length; r += card.features.length) {
            const cells = card.features.map((_, f) => cell(model, f, parts[r + f] as number))
            const x = new Float64Array(card.inputs.length)
            expect(encoder.encode(cells, x, 1, 0)).toEqual([])
            card.inputs.forEach((input, j) => {
              expect(x[j]).toBeLessThanOrEqual(input.max)
            })
            exactPredictors(file, cells).forEach((eta, h) => {
              const { over, under } = scale
              const got = times(
                { over: integerPredictor(heads[h] as CompiledModel['heads'][number], x), under: 1n },
                { over: under, under: over },
              )
              expect(atMost(distance(eta, got), bound)).toBe(true)
            })
          }
        },
      ),
      runs(300),
    )
    // Refusals are allowed, but they must not be what was tested.
    expect(held / drawn).toBeGreaterThan(0.7)
  })

  it('no slot overflows at the corner records: every x_j at 0 or X_j by the sign of its weight', () => {
    fc.assert(
      fc.property(anyModel, (file) => {
        const model = compiled(file)
        if (model === null) return
        const { card, heads } = model
        const half = 2n ** BigInt(card.slotBits - 1)
        for (const head of heads) {
          for (const sign of [1, -1]) {
            const corner = card.inputs.map((input, j) => ((head.weights[j] as number) * sign > 0 ? input.max : 0))
            const slot = integerPredictor(head, corner) + half
            expect(slot > 0n && slot < 2n * half).toBe(true)
          }
        }
        for (const input of card.inputs) expect(BigInt(input.max) < 2n * half).toBe(true)
      }),
      runs(300),
    )
  })

  it('the whole path agrees with exact arithmetic on random models, blocks full and not', () => {
    fc.assert(
      fc.property(
        anyModel,
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        (file, parts) => {
          const model = compiled(file)
          if (model === null) return
          const slots = slotsPerCiphertext(model.card.slotBits, 2048)
          const records = Array.from({ length: Math.min(slots + 2, 120) }, () =>
            model.card.features.map((_, f) => cell(model, f, parts.next().value as number)),
          )
          const predictors = scoreRecords(model, records, noopPair)
          records.forEach((cells, r) => {
            exactPredictors(file, cells).forEach((eta, h) => {
              const got = predictors[h]?.[r] as number
              // A double near η is itself off by up to half a unit in its last place.
              const slack = model.card.tolerance + Math.abs(got) * 2 ** -52
              expect(atMost(distance(eta, ofDouble(got)), ofDouble(slack))).toBe(true)
            })
          })
        },
      ),
      runs(40),
    )
  })

  it('predictors near zero keep their digits in slots wider than 85 bits', () => {
    const model = compileModel(fileOf([{ name: 'x', type: 'integer', range: [-1e12, 1e12] }], 0.005))
    const { card, heads } = model
    expect(card.slotBits).toBeGreaterThan(85)
    const [predictors = []] = scoreRecords(model, [['0'], ['1'], ['-1'], ['1000000000000']], noopPair)
    for (const [r, eta] of [0.5, 0.505, 0.495, 5e9 + 0.5].entries()) {
      expect(Math.abs((predictors[r] as number) - eta)).toBeLessThanOrEqual(card.tolerance)
    }
    // The offset alone is the record of minimums, in every slot.
    const offset = offsetPlaintext(
      heads[0] as (typeof heads)[number],
      card.slotBits,
      slotsPerCiphertext(card.slotBits, 2048),
      256,
    )
    const out = new Float64Array(slotsPerCiphertext(card.slotBits, 2048))
    readPredictors(card, offset, slotsPerCiphertext(card.slotBits, 2048), out.length, {}, out, 0)
    for (const eta of out) expect(Math.abs(eta - (0.5 - 5e9))).toBeLessThanOrEqual(card.tolerance)
  })
})

/** A one-head model in which every number weighs `weight` and every level but the first does too. */
function fileOf(features: ModelFeature[], weight = 1, more: Partial<ModelFile> = {}): ModelFile {
  return {
    format: 'blindscore-model/1',
    id: 'm',
    version: '1',
    title: 'm',
    description: '',
    link: 'identity',
    features,
    heads: [
      {
        intercept: 0.5,
        terms: features.flatMap((feature) =>
          feature.type === 'category'
            ? feature.levels.slice(1).map((level) => ({ feature: feature.name, level, weight }))
            : [{ feature: feature.name, weight }],
        ),
      },
    ],
    ...more,
  }
}

const number = (range: [number, number], step?: number): ModelFeature => ({
  name: 'Income',
  type: 'number',
  range,
  ...(step !== undefined && { step }),
})

describe('refusals name the feature', () => {
  it.each<[string, 'model/budget' | 'model/invalid', ModelFile]>([
    ['a range of more than 2^53 steps', 'model/budget', fileOf([number([0, 1e15], 0.01)])],
    ['an end more than 2^53 steps from zero', 'model/budget', fileOf([number([1e15, 1e15 + 1], 0.01)])],
    ['a range without end', 'model/budget', fileOf([number([-1e308, 1e308], 1)])],
    ['a tolerance below the finest step', 'model/budget', fileOf([number([0, 1])], 1, { tolerance: 1e-17 })],
    ['a weight of more than 53 bits', 'model/budget', fileOf([number([0, 1], 1)], 1e12)],
    ['a step that is no power of ten', 'model/invalid', fileOf([number([0, 1], 0.5)])],
    ['a step finer than a card holds', 'model/invalid', fileOf([number([0, 1e-25], 1e-25)])],
    ['a range between steps', 'model/invalid', fileOf([number([0, 0.25], 0.1)])],
    ['a range that ends below its start', 'model/invalid', fileOf([number([1, 0])])],
    ['the same with a declared step', 'model/invalid', fileOf([number([1, 0], 1)])],
    [
      'a constant for missing cells out of range',
      'model/invalid',
      fileOf([{ ...number([0, 1]), missing: { impute: 1.5 } }]),
    ],
    ['a constant that is no number', 'model/invalid', fileOf([{ ...number([0, 20]), missing: { impute: '0x10' } }])],
    ['an empty constant', 'model/invalid', fileOf([{ ...number([0, 1]), missing: { impute: '' } }])],
    ['a constant between steps', 'model/invalid', fileOf([{ ...number([0, 1], 1), missing: { impute: 0.5 } }])],
    ['two features of one name', 'model/invalid', fileOf([number([0, 1]), number([0, 2])])],
    [
      'a constant that is no level',
      'model/invalid',
      fileOf([{ name: 'Income', type: 'category', levels: ['a', 'b'], missing: { impute: 'c' } }]),
    ],
    ...(
      [
        ['a term for no feature', { feature: 'Income?', weight: 1 }],
        ['a level for a number', { feature: 'Income', level: 'a', weight: 1 }],
      ] as const
    ).map(([what, term]): [string, 'model/invalid', ModelFile] => [
      what,
      'model/invalid',
      fileOf([number([0, 1])], 1, { heads: [{ intercept: 0, terms: [term] }] }),
    ]),
    [
      'a term twice',
      'model/invalid',
      fileOf([number([0, 1])], 1, {
        heads: [{ intercept: 0, terms: [1, 2].map((weight) => ({ feature: 'Income', weight })) }],
      }),
    ],
  ])('%s', (_, code, file) => {
    let thrown: unknown
    try {
      compileModel(file)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code })
    expect(sentenceOf(thrown)).toContain('Income')
  })

  it('no room for one record names what takes most of it', () => {
    const wide = fileOf(
      [
        { name: 'small', type: 'integer', range: [0, 1] },
        { name: 'large', type: 'integer', range: [0, 1000] },
      ],
      1,
      { heads: [{ intercept: 1e300, terms: [{ feature: 'large', weight: 1 }] }], tolerance: 1e-300 },
    )
    expect(() => compileModel(wide)).toThrow(expect.objectContaining({ code: 'model/budget' }))
    expect(() =>
      compileModel({ ...wide, heads: [{ intercept: 2 ** 1023, terms: [] }], tolerance: 1e-110 }),
    ).not.toThrow()
  })
})

describe('what a card says', () => {
  it('fits the card’s own schema for every model that compiles', () => {
    fc.assert(
      fc.property(anyModel, (file) => {
        const model = compiled(file)
        if (model !== null) expect(cardSchema.safeParse({ ...model.card, hash: '0'.repeat(64) }).success).toBe(true)
      }),
      runs(200),
    )
  })

  it('a model of zeros alone still fits its values in their slots', () => {
    const { card } = compileModel(fileOf([number([0, 1000], 1)], 0, { heads: [{ intercept: 0, terms: [] }] }))
    expect(2 ** card.slotBits).toBeGreaterThan(1000)
  })

  it('a range of one value needs no step, and takes that value alone', () => {
    const { card } = compileModel(fileOf([number([5, 5]), { ...number([0, 1]), name: 'other' }]))
    const x = new Float64Array(2)
    expect(makeEncoder(card).encode(['5.0', '1'], x, 1, 0)).toEqual([])
    expect(x[0]).toBe(0)
    expect(makeEncoder(card).encode(['5.1', '1'], x, 1, 0)).toHaveLength(1)
  })

  it('the ends of a range stay as written, unless finer than a millionth of its width: then they move outward', () => {
    const short = compileModel(fileOf([number([-0.125, 99.875])], 1e-9)).card.features[0]
    expect(short).toMatchObject({ min: '-0.125', max: '99.875' })
    const measured = compileModel(fileOf([number([-1.2345678901234567, Math.PI])], 1e-3)).card.features[0]
    expect(measured).toMatchObject({ min: '-1.234568', max: '3.141593' })
  })

  it('the steps are chosen from the ranges: two weights that differ publish the same card', () => {
    const features = [number([0, 10]), { ...number([0, 1000]), name: 'other' }]
    const featuresWith = (a: number, b: number): unknown => {
      const file = fileOf(features, 1, {
        heads: [
          {
            intercept: 0,
            terms: [
              { feature: 'Income', weight: a },
              { feature: 'other', weight: b },
            ],
          },
        ],
      })
      return compileModel(file).card.features
    }
    expect(featuresWith(0.7, 0.01)).toEqual(featuresWith(0.7, 0.02))
  })
})
