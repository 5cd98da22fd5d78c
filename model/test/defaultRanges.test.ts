import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeEncoder } from '../../core/card/encode.ts'
import { integerPredictor } from '../../core/protocol/scoring.ts'
import { runs } from '../../core/test/dial.ts'
import { atMost, distance, type Exact, ofDouble, ofText, plus, times } from '../../core/test/exact.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import { noteText } from '../../words/en/notes.ts'
import { compileModel } from '../compile.ts'
import type { ModelFile } from '../modelFile.ts'
import { narrowPowers } from '../powers.ts'

const file = (more: Partial<ModelFile>): ModelFile => ({
  format: 'blindscore-model/1',
  id: 'm',
  version: '1',
  title: 'm',
  description: '',
  link: 'identity',
  features: [],
  heads: [],
  ...more,
})

/** Numbers without ranges, each with its weight; some levels of categories beside them. */
const linear = (weights: readonly number[], levels: readonly number[], tolerance?: number): ModelFile =>
  file({
    ...(tolerance !== undefined && { tolerance }),
    features: [
      ...weights.map((_, i) => ({ name: `x${i}`, type: 'number' as const })),
      ...levels.map((_, i) => ({ name: `c${i}`, type: 'category' as const, levels: ['a', 'b'] })),
    ],
    heads: [
      {
        intercept: 1.5,
        terms: [
          ...weights.map((weight, i) => ({ feature: `x${i}`, weight })),
          ...levels.map((weight, i) => ({ feature: `c${i}`, level: 'b', weight })),
        ],
      },
    ],
  })

/** Weights as fits have them: of either sign, their sizes spread over several powers of ten. */
const weightsOf = (spread: number, parts: readonly (readonly [number, number, boolean])[]): number[] =>
  parts.map(([u, v, minus]) => {
    const normal = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v)
    return (minus ? -1 : 1) * Math.exp(spread * normal)
  })
const part = fc.tuple(
  fc.double({ min: 1e-9, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.boolean(),
)

describe('a model without ranges', () => {
  it('is served whatever its weights, and every predictor is within the bound of its card, exactly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.array(part, { minLength: 1, maxLength: 100 }),
        fc.array(part, { maxLength: 5 }),
        fc.constantFrom(undefined, 1e-6),
        fc.infiniteStream(fc.integer({ min: -40_000_000, max: 40_000_000 })),
        (spread, parts, levels, tolerance, cells) => {
          const weights = weightsOf(spread, parts)
          const { card, heads } = compileModel(linear(weights, weightsOf(spread, levels), tolerance))
          expect(card.errorBound).toBeLessThanOrEqual(card.tolerance)
          if (tolerance !== undefined) expect(card.tolerance).toBe(tolerance)
          const encoder = makeEncoder(card)
          const x = new Float64Array(card.inputs.length)
          const texts = card.features.map((feature) => {
            if (feature.type === 'category') return 'b'
            // At least what people's data need, where the file leaves the tolerance open.
            if (tolerance === undefined) expect(Number(feature.max)).toBeGreaterThanOrEqual(4e6)
            const most = Math.min(40, Number(feature.max) / 2)
            return (most * ((cells.next().value as number) / 40_000_000)).toFixed(7)
          })
          expect(encoder.encode(texts, x, 1, 0)).toEqual([])
          const all = [...weights, ...weightsOf(spread, levels)]
          const eta = all.reduce(
            (sum, weight, i): Exact =>
              plus(sum, texts[i] === 'b' ? ofDouble(weight) : times(ofDouble(weight), signed(texts[i] as string))),
            ofDouble(1.5),
          )
          const sum = integerPredictor(heads[0] as (typeof heads)[number], x)
          const { over, under } = ofDouble(2 ** card.scaleBits)
          const got = times({ over: sum, under: 1n }, { over: under, under: over })
          expect(atMost(distance(eta, got), ofDouble(card.errorBound))).toBe(true)
        },
      ),
      runs(150),
    )
  })

  it('keeps its range where that fits, and loses a digit of it where it does not', () => {
    const ends = (...weights: number[]): string[] =>
      compileModel(linear(weights, [])).card.features.map((feature) => (feature.type === 'number' && feature.max) || '')
    expect(ends(0.39)).toEqual(['4000000000'])
    expect(ends(0.39, 0.001, 0.001, 0.001)).toEqual(Array(4).fill('400000000'))
  })

  it('says how far values may go before its squares and cubes refuse them', () => {
    const model = compileModel(
      file({
        features: [
          { name: 'salary', type: 'number' },
          { name: 'age', type: 'number', range: [0, 120] },
        ],
        derived: [
          { name: 'cube', type: 'number', expression: { op: 'power', args: [{ column: 'salary' }, 3] } },
          {
            name: 'both',
            type: 'number',
            expression: { op: 'multiply', args: [{ column: 'salary' }, { column: 'age' }] },
          },
          { name: 'square', type: 'number', expression: { op: 'square', args: [{ column: 'age' }] } },
        ],
        heads: [
          {
            intercept: 0,
            terms: [
              { feature: 'salary', weight: 0.5 },
              { feature: 'cube', weight: 1 },
              { feature: 'both', weight: 1 },
              { feature: 'square', weight: 1 },
            ],
          },
        ],
      }),
    )
    const powers = narrowPowers(model.card.features, model.card.derived, model.rangesFrom)
    expect(powers).toEqual([
      { column: 'cube', features: ['salary'], within: 360 },
      { column: 'both', features: ['salary'], within: 410_000 },
    ])
    const x = new Float64Array(model.card.inputs.length)
    const encoder = makeEncoder(model.card)
    expect(encoder.encode(['360', '50'], x, 1, 0)).toEqual([])
    expect(encoder.encode(['370', '50'], x, 1, 0)).toMatchObject([{ code: 'cell/range' }])
    expect(noteText({ note: 'powersNarrow', facts: { powers, count: 2 } })).toContain(
      'cube, where salary is beyond ±360; both, where salary is beyond ±410000.',
    )
  })

  it('gives powers, whose weights are small, steps of their own, so that ordinary values fit', () => {
    const { card } = compileModel(
      file({
        features: [{ name: 'w', type: 'number' }],
        derived: [{ name: 'cube', type: 'number', expression: { op: 'power', args: [{ column: 'w' }, 3] } }],
        heads: [
          {
            intercept: 10,
            terms: [
              { feature: 'w', weight: 0.5 },
              { feature: 'cube', weight: -1e-6 },
            ],
          },
        ],
      }),
    )
    expect(card.tolerance).toBe(1e-6)
    expect(makeEncoder(card).encode(['36000'], new Float64Array(2), 1, 0)).toEqual([])
  })
})

describe('a budget that does not hold', () => {
  const refusal = (model: ModelFile): string => {
    try {
      compileModel(model)
    } catch (thrown) {
      return sentenceOf(thrown)
    }
    throw new Error('it was taken')
  }
  /** A weight that no 53 bits hold at this tolerance but over a range that is narrow enough. */
  const model = (heavy: object, other: object = {}): ModelFile =>
    file({
      tolerance: 1e-6,
      features: [
        { name: 'heavy', type: 'integer', ...heavy },
        { name: 'other', type: 'number', ...other },
      ],
      heads: [
        {
          intercept: 0,
          terms: [
            { feature: 'heavy', weight: 4e9 },
            { feature: 'other', weight: 1e-9 },
          ],
        },
      ],
    } as never)

  it('names the range that would cure it, and that cures it', () => {
    expect(refusal(model({}))).toMatch(/^The weight of "heavy" needs more than 53 bits .*State the range of "heavy",/)
    expect(() => compileModel(model({ range: [0, 1] }))).not.toThrow()
  })

  it('names what to narrow where that range is stated, whatever is beside it', () => {
    const stated = { range: [0, 10] }
    for (const other of [{}, { range: [0, 1e9], step: 1e-3 }, { range: [0, 9], step: 1 }]) {
      expect(refusal(model(stated, other))).toMatch(
        /^The weight of "heavy" .*Narrow its range, or loosen the tolerance/,
      )
    }
  })

  it('is refused at once where columns are made of one another over and over', () => {
    const derived = Array.from({ length: 60 }, (_, i) => ({
      name: `c${i}`,
      type: 'number' as const,
      expression: {
        op: 'add' as const,
        args: [i < 2 ? 'heavy' : `c${i - 2}`, i < 1 ? 'other' : `c${i - 1}`].map((column) => ({ column })),
      },
    }))
    const heads = [
      {
        intercept: 0,
        terms: [
          { feature: 'heavy', weight: 4e9 },
          { feature: 'c59', weight: 1 },
        ],
      },
    ]
    expect(refusal({ ...model({}), derived, heads } as never)).toMatch(/"heavy".*State the range of "heavy",/)
  })
})

function signed(text: string): Exact {
  const { over, under } = ofText(text.replace('-', ''))
  return text.startsWith('-') ? { over: -over, under } : { over, under }
}
