import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { card as cardSchema } from '../../core/card/card.ts'
import { makeEncoder } from '../../core/card/encode.ts'
import { compileExpression, type Value } from '../../core/card/evaluate.ts'
import { labelOf, responses } from '../../core/card/outcome.ts'
import { BlindscoreError } from '../../core/errors.ts'
import { integerPredictor } from '../../core/protocol/scoring.ts'
import { runs } from '../../core/test/dial.ts'
import { atMost, distance, type Exact, ofDouble, ofText, plus, times } from '../../core/test/exact.ts'
import { anyNumber, indexOf, numbers } from '../../core/test/expressions.ts'
import { noopPair, scoreRecords } from '../../core/test/path.ts'
import { expectedText } from '../../words/en/expected.ts'
import { type CompiledModel, compileModel } from '../compile.ts'
import type { ModelDerived, ModelFeature, ModelFile } from '../modelFile.ts'

const file = (over: Partial<ModelFile>): ModelFile => ({
  format: 'blindscore-model/1',
  id: 'm',
  version: '1',
  title: 'm',
  description: '',
  link: 'identity',
  features: [{ name: 'x', type: 'number', range: [0, 10] }],
  heads: [{ intercept: 0, terms: [{ feature: 'x', weight: 1 }] }],
  ...over,
})

/** Features x, y, z of the random expressions, and the category t. */
const features: ModelFeature[] = [
  ...[...numbers].map(
    ([name, { min, max }]): ModelFeature => ({ name, type: 'number', range: [min, max], missing: 'keep' }),
  ),
  { name: 't', type: 'category', levels: ['a', 'b', 'A'], missing: 'keep' },
]

/** Columns made of random expressions: ranges proven or default, missing values imputed. */
const anyDerivedModel = fc
  .tuple(
    fc.array(anyNumber, { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 1, max: 3 }),
    fc.infiniteStream(fc.double({ min: -20, max: 20, noNaN: true })),
    fc.constantFrom(1e-3, 1e-6, undefined),
  )
  .map(([parts, heads, weights, tolerance]) => {
    const derived = parts.map(
      (expression, i): ModelDerived => ({
        name: `d${i}`,
        type: 'number',
        expression,
        missing: { impute: 0 },
        outside: 'missing',
      }),
    )
    return file({
      features,
      derived,
      ...(tolerance !== undefined && { tolerance }),
      heads: Array.from({ length: heads }, () => ({
        intercept: weights.next().value as number,
        terms: derived.map(({ name }) => ({ feature: name, weight: weights.next().value as number })),
      })),
    })
  })

const anyCells = fc.tuple(
  ...[...numbers.values()].map(({ min, max }) =>
    fc.oneof(
      fc.constant(''),
      fc.double({ min, max, noNaN: true }).map((value) => String(value)),
    ),
  ),
  fc.constantFrom('a', 'b', ' A', ''),
)

/** Null where there is no room for a model, which has its own tests. */
function compiled(model: ModelFile): CompiledModel | null {
  try {
    return compileModel(model)
  } catch (error) {
    if (error instanceof BlindscoreError && error.code === 'model/budget') return null
    throw error
  }
}

/** The exact predictors of doubles: what a derived column's value weighs. Ranges, where they are default, decide what counts. */
function exactly(model: ModelFile, card: CompiledModel['card'], cells: readonly string[]): Exact[] {
  const record = cells.map((cell, f): Value => {
    if (cell === '') return null
    return f < numbers.size ? Number(cell) : cell.trim()
  })
  const values = (model.derived ?? []).map(({ expression }, d) => {
    const value = compileExpression(expression, indexOf)(record)
    const { min, max } = card.derived[d] as { min: string; max: string }
    return typeof value === 'number' && value >= Number(min) && value <= Number(max) ? value : 0
  })
  return model.heads.map(({ intercept, terms }) =>
    terms.reduce(
      (eta, { weight }, d) => plus(eta, times(ofDouble(weight), ofDouble(values[d] as number))),
      ofDouble(intercept),
    ),
  )
}

describe('the proven bound, with derived columns', () => {
  it('holds exactly, and the whole path agrees', () => {
    let held = 0
    let drawn = 0
    fc.assert(
      fc.property(anyDerivedModel, fc.array(anyCells, { minLength: 3, maxLength: 12 }), (model, records) => {
        drawn++
        const split = compiled(model)
        if (split === null) return
        held++
        const { card, heads } = split
        expect(cardSchema.safeParse({ ...card, hash: '0'.repeat(64) }).success).toBe(true)
        expect(card.errorBound).toBeLessThanOrEqual(card.tolerance)
        const bound = ofDouble(card.errorBound)
        const scale = ofDouble(2 ** card.scaleBits)
        const encoder = makeEncoder(card)
        const path = scoreRecords(split, records, noopPair)
        records.forEach((cells, r) => {
          const x = new Float64Array(card.inputs.length)
          expect(encoder.encode(cells, x, 1, 0)).toEqual([])
          expect(card.inputs.every(({ max }, j) => (x[j] as number) >= 0 && (x[j] as number) <= max)).toBe(true)
          exactly(model, card, cells).forEach((eta, h) => {
            const sum = integerPredictor(heads[h] as CompiledModel['heads'][number], x)
            const got = times({ over: sum, under: 1n }, { over: scale.under, under: scale.over })
            expect(atMost(distance(eta, got), bound)).toBe(true)
            expect(path[h]?.[r]).toBe(Number(sum) / 2 ** card.scaleBits)
          })
        })
      }),
      runs(250),
    )
    expect(held / drawn).toBeGreaterThan(0.7)
  })

  it('holds where a derived step is declared: multiples pass, within the rounding of doubles, and nothing else', () => {
    const model = compileModel(
      file({
        features: [{ name: 'x', type: 'integer', range: [0, 1000], missing: 'keep' }],
        derived: [
          { name: 'd', type: 'number', step: 0.1, expression: { op: 'multiply', args: [{ column: 'x' }, 0.1] } },
        ],
        heads: [{ intercept: 0, terms: [{ feature: 'd', weight: 12345 }] }],
      }),
    )
    const x = new Float64Array(1)
    for (let k = 0; k <= 1000; k++) {
      expect(makeEncoder(model.card).encode([String(k)], x, 1, 0)).toEqual([])
      const eta = times(ofDouble(12345), ofDouble(k * 0.1))
      const got = times(
        { over: integerPredictor(model.heads[0] as never, x), under: 1n },
        ofDouble(2 ** -model.card.scaleBits),
      )
      expect(atMost(distance(eta, got), ofDouble(model.card.errorBound))).toBe(true)
    }
    const half = {
      ...model.card,
      derived: model.card.derived.map((d) => ({
        ...d,
        expression: { op: 'multiply' as const, args: [{ column: 'x' }, 0.05] },
      })),
    }
    expect(makeEncoder(half).encode(['3'], x, 1, 0)).toMatchObject([{ code: 'cell/precision' }])
  })

  it('clamps to the end as stated, however many digits it has', () => {
    const end = 7.123456789012345
    const model = compileModel(
      file({ features: [{ name: 'x', type: 'number', range: [0, end], outside: 'clamp' }], tolerance: 1e-6 }),
    )
    const x = new Float64Array(1)
    for (const cell of ['7.1234568', '9', '7.123456789012346', '1e30']) {
      const encoder = makeEncoder(model.card)
      expect(encoder.encode([cell], x, 1, 0)).toEqual([])
      expect(encoder.values).toEqual([end])
      const got = times(
        { over: integerPredictor(model.heads[0] as never, x), under: 1n },
        ofDouble(2 ** -model.card.scaleBits),
      )
      expect(atMost(distance(ofDouble(end), got), ofText('0.000001'))).toBe(true)
    }
  })
})

describe('policies', () => {
  const encode = (feature: ModelFeature, cell: string, over: Partial<ModelFile> = {}): unknown => {
    const { card } = compileModel(
      file({
        features: [feature],
        derived: [
          {
            name: 'kept',
            type: 'number',
            expression: { op: 'coalesce', args: [{ op: 'number', args: [{ column: feature.name }] }, -1] },
            range: [-1, 9],
          },
        ],
        heads: [{ intercept: 0, terms: [{ feature: 'kept', weight: 1 }] }],
        ...over,
      }),
    )
    const x = new Float64Array(card.inputs.length)
    const encoder = makeEncoder(card)
    const [problem] = encoder.encode([cell], x, 1, 0)
    return problem?.code ?? encoder.values[0]
  }
  const number = (over: object): ModelFeature => ({ name: 'x', type: 'number', range: [0, 5], step: 0.1, ...over })
  const category = (over: object): ModelFeature => ({ name: 'x', type: 'category', levels: ['1', '2'], ...over })

  it.each<[string, ModelFeature, string, unknown]>([
    ['missing: refused', number({}), '', 'cell/missing'],
    ['missing: imputed', number({ missing: { impute: 2.5 } }), 'NA', 2.5],
    ['missing: kept', number({ missing: 'keep' }), 'NA', null],
    ['outside: refused', number({}), '5.5', 'cell/range'],
    ['outside: clamped above', number({ outside: 'clamp' }), '99', 5],
    ['outside: clamped below', number({ outside: 'clamp' }), '-1e300', 0],
    ['outside: missing, refused', number({ outside: 'missing' }), '6', 'cell/missing'],
    ['outside: missing, imputed', number({ outside: 'missing', missing: { impute: 1 } }), '6', 1],
    ['outside: missing, kept', number({ outside: 'missing', missing: 'keep' }), '-6', null],
    ['invalid: refused', number({}), 'six', 'cell/not-a-number'],
    ['invalid: missing, kept', number({ invalid: 'missing', missing: 'keep' }), 'six', null],
    ['invalid: missing, imputed', number({ invalid: 'missing', missing: { impute: 3 } }), '0x5', 3],
    ['a step too fine', number({}), '0.25', 'cell/precision'],
    ['unknown: refused', category({}), '3', 'cell/level'],
    ['unknown: the reference, its text kept', category({ unknown: 'reference' }), '3', '3'],
    ['unknown: missing, kept', category({ unknown: 'missing', missing: 'keep' }), '3', null],
    ['unknown: missing, imputed', category({ unknown: 'missing', missing: { impute: '2' } }), '3', '2'],
    ['unknown: another level', category({ unknown: { level: '1' } }), '3', '1'],
    ['a missing category is not unknown', category({ unknown: { level: '1' } }), '', 'cell/missing'],
    ['a missing category imputed', category({ missing: { impute: '1' } }), '', '1'],
  ])('%s', (_, feature, cell, expected) => {
    expect(encode(feature, cell)).toEqual(expected)
  })

  it.each<[string, Partial<ModelFile>]>([
    ['a term names a column that keeps its missing values', { features: [number({ missing: 'keep' })] }],
    [
      'a derived column uses a later one',
      {
        derived: [
          { name: 'd', type: 'number', expression: { column: 'e' } },
          { name: 'e', type: 'number', expression: 1 },
        ],
      },
    ],
    ['a derived column has a feature’s name', { derived: [{ name: 'x', type: 'number', expression: 1 }] }],
    [
      'the constant for missing cells lies beyond the end',
      { features: [{ name: 'x', type: 'number', range: [0, 1.23456789012], missing: { impute: 1.234568 } }] },
    ],
    [
      'the level for unknown cells is none',
      {
        features: [category({ unknown: { level: '9' } })],
        heads: [{ intercept: 0, terms: [{ feature: 'x', level: '1', weight: 1 }] }],
      },
    ],
    ['there are more responses than the link gives', { responses: ['a', 'b'] }],
    [
      'a reason head has no characteristic',
      {
        heads: [
          { intercept: 0, terms: [{ feature: 'x', weight: 1 }] },
          { name: 'r', role: 'reason', intercept: 0, terms: [] },
        ],
      },
    ],
  ])('is refused when %s', (_, over) => {
    expect(() => compileModel(file(over))).toThrow(expect.objectContaining({ code: 'model/invalid' }))
  })

  it('an unknown derived level, and a derived text where a number belongs, name the column and what it is made of', () => {
    const model = (derived: ModelDerived) =>
      compileModel(
        file({
          derived: [derived],
          heads: [
            {
              intercept: 0,
              terms: [
                derived.type === 'category' ? { feature: 'd', level: 'low', weight: 1 } : { feature: 'd', weight: 1 },
              ],
            },
          ],
        }),
      )
    const bin = { op: 'bin', args: [{ column: 'x' }], edges: [5], closed: 'left', labels: ['low', 'high'] } as const
    const x = new Float64Array(1)
    const known = model({ name: 'd', type: 'category', levels: ['low', 'high'], expression: bin as never })
    expect(makeEncoder(known.card).encode(['3'], x, 1, 0)).toEqual([])
    expect(x[0]).toBe(known.card.inputs[0]?.unit ?? 1)
    expect(makeEncoder(known.card).encode(['7'], x, 1, 0)).toEqual([])
    expect(x[0]).toBe(0)
    const unknown = model({ name: 'd', type: 'category', levels: ['low'], expression: bin as never })
    const problems = makeEncoder(unknown.card).encode(['7'], x, 1, 0)
    expect(problems.map(({ feature, code, expected }) => [feature, code, expectedText(expected)])).toEqual([
      [0, 'cell/level', 'd, made of x, to be one of: low'],
    ])
    const text = model({ name: 'd', type: 'number', range: [0, 1], expression: bin as never })
    expect(makeEncoder(text.card).encode(['7'], x, 1, 0)).toMatchObject([{ code: 'cell/not-a-number' }])
  })
})

describe('columns without a range', () => {
  it('share a wide one; beside them, inputs of few steps count in units, and predictors are as exact', () => {
    const model = file({
      features: [
        { name: 'x', type: 'number' },
        { name: 'n', type: 'integer' },
        { name: 'sex', type: 'category', levels: ['f', 'm'] },
      ],
      heads: [
        {
          intercept: 3,
          terms: [
            { feature: 'x', weight: 0.0123 },
            { feature: 'n', weight: -7 },
            { feature: 'sex', level: 'm', weight: 21.5 },
          ],
        },
      ],
    })
    const split = compileModel(model)
    expect(split.rangesFrom).toEqual(['default', 'default', 'any'])
    expect(split.card.inputs.at(-1)?.unit).toBeGreaterThan(1)
    const records = [
      ['123456.789', '-41000', 'm'],
      ['-0.5', '3', 'f'],
    ]
    const [etas] = scoreRecords(split, records, noopPair) as [Float64Array]
    const expected = [3 + 0.0123 * 123456.789 + 7 * 41000 + 21.5, 3 - 0.0123 * 0.5 - 21]
    expect(Math.max(...expected.map((eta, r) => Math.abs((etas[r] as number) - eta)))).toBeLessThanOrEqual(
      split.card.tolerance,
    )
  })

  it('are wide however large the weights: the tolerance gives way where the file states none', () => {
    const { card } = compileModel(
      file({
        features: [{ name: 'x', type: 'number' }],
        heads: [{ intercept: 0, terms: [{ feature: 'x', weight: 50_000 }] }],
      }),
    )
    expect(Number((card.features[0] as { max: string }).max)).toBeGreaterThanOrEqual(1e6)
    expect(card.tolerance).toBeGreaterThan(1e-6)
    expect(card.tolerance).toBeLessThan(1e-2)
  })

  it('a column of one value, however long, is a column', () => {
    const split = compileModel(
      file({
        derived: [{ name: 'third', type: 'number', expression: { op: 'divide', args: [1, 3] } }],
        heads: [{ intercept: 0, terms: [{ feature: 'third', weight: 3 }] }],
      }),
    )
    const x = new Float64Array(2)
    expect(makeEncoder(split.card).encode(['1'], x, 1, 0)).toEqual([])
    expect(
      Math.abs(Number(integerPredictor(split.heads[0] as never, x)) / 2 ** split.card.scaleBits - 1),
    ).toBeLessThanOrEqual(1e-6)
  })
})

it('2,000 terms over 2,000 derived columns compile in well under a second, whatever their weights', () => {
  const derived = Array.from(
    { length: 2000 },
    (_, i): ModelDerived => ({
      name: `d${i}`,
      type: 'number',
      expression: { op: 'multiply', args: [{ column: i < 2 ? 'x' : `d${i - 2}` }, 0.9990001] },
    }),
  )
  const model = file({
    derived,
    heads: [
      { intercept: 1 / 3, terms: derived.map(({ name }, i) => ({ feature: name, weight: Math.PI ** (i % 7) * 1e-4 })) },
    ],
  })
  const split = compileModel(model)
  makeEncoder(split.card)
  expect(split.card.inputs).toHaveLength(2000)
  // What takes time in proportion to the square of its columns does not end in this.
}, 20_000)

it('a label is the name of the largest response, the first where several are', () => {
  const { card } = compileModel(
    file({
      link: 'argmax',
      label: true,
      heads: ['a', 'b', 'c'].map((name) => ({ name, intercept: 0, terms: [{ feature: 'x', weight: 1 }] })),
    }),
  )
  expect(labelOf(card, responses(card, [1, 3, 3]))).toBe('b')
})
