import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileModel } from '../../model/compile.ts'
import type { ModelFeature } from '../../model/modelFile.ts'
import { expectedText } from '../../words/en/expected.ts'
import type { CardBody } from '../card/card.ts'
import { type CellFormat, makeEncoder } from '../card/encode.ts'
import { runs } from './dial.ts'

/** The card of a model with these features; every number weighs 0.001, every level but the first 1. */
function cardOf(...features: ModelFeature[]): CardBody {
  return compileModel({
    format: 'blindscore-model/1',
    id: 'm',
    version: '1',
    title: 'm',
    description: '',
    link: 'identity',
    features,
    heads: [
      {
        intercept: 1,
        terms: features.flatMap((feature) =>
          feature.type === 'category'
            ? feature.levels.slice(1).map((level) => ({ feature: feature.name, level, weight: 1 }))
            : [{ feature: feature.name, weight: 0.001 }],
        ),
      },
    ],
  }).card
}

/** The codes of the problems, or the integers. */
function encode(card: CardBody, cells: readonly string[], format?: CellFormat): readonly string[] | number[] {
  const out = new Float64Array(card.inputs.length)
  const problems = makeEncoder(card, format).encode(cells, out, 1, 0)
  return problems.length > 0 ? problems.map(({ code }) => code) : [...out]
}

const stepped = cardOf({ name: 'x', type: 'number', range: [-1.5, 2.5], step: 0.1 })
const free = cardOf({ name: 'x', type: 'number', range: [-1.5, 2.5] })
const whole = cardOf({ name: 'x', type: 'integer', range: [10, 20] })

describe('numbers', () => {
  it.each([
    ['the minimum', '-1.5', [0]],
    ['the maximum', '2.5', [40]],
    ['zero', '0', [15]],
    ['minus zero', '-0.00', [15]],
    ['an exponent', '1e-1', [16]],
    ['blanks around', '  1.2\t', [27]],
    ['one step below the minimum', '-1.6', ['cell/range']],
    ['one step above the maximum', '2.6', ['cell/range']],
    ['a hair above the maximum', '2.5000000000000000000000000000001', ['cell/range']],
    ['a hair below the minimum', '-1.5000000000000000000000000000001', ['cell/range']],
    ['a decimal too many', '1.25', ['cell/precision']],
    ['zeros too many', '1.2000000', [27]],
    ['1e999', '1e999', ['cell/range']],
    ['-1e999', '-1e999', ['cell/range']],
    ['1e-999', '1e-999', ['cell/precision']],
    ['Infinity', 'Infinity', ['cell/not-a-number']],
    ['0x10', '0x10', ['cell/not-a-number']],
    ['1_000', '1_000', ['cell/not-a-number']],
    ['U+2212', '\u22121', ['cell/not-a-number']],
    ['full-width digits', '\uff11', ['cell/not-a-number']],
    ['1,5', '1,5', ['cell/not-a-number']],
    ['text', 'one', ['cell/not-a-number']],
  ])('with a declared step: %s', (_, cell, expected) => {
    expect(encode(stepped, [cell])).toEqual(expected)
  })

  it('without one, a value rounds to the nearest step, and its range ends exactly', () => {
    const feature = free.features[0]
    if (feature?.type !== 'number') throw new Error('not a number')
    const { places } = feature
    const last = 4 * 10 ** places
    const half = `${'0'.repeat(places)}5`
    expect(encode(free, ['2.5'])).toEqual([last])
    expect(encode(free, [`1.${half}`])).toEqual([2.5 * 10 ** places + 1])
    expect(encode(free, [`1.${'0'.repeat(places)}49999`])).toEqual([2.5 * 10 ** places])
    expect(encode(free, [`-1.${half}`])).toEqual([0.5 * 10 ** places])
    // The maximum and half a step, or any part of one, is outside.
    expect(encode(free, [`2.5${half.slice(1)}`])).toEqual(['cell/range'])
    expect(encode(free, [`2.5${'0'.repeat(60)}1`])).toEqual(['cell/range'])
    expect(encode(free, [`2.4${'9'.repeat(60)}`])).toEqual([last])
  })

  it('with a decimal comma, a comma is the mark and a point is none', () => {
    const comma = { decimalMark: ',' } as const
    expect(encode(stepped, ['1,2'], comma)).toEqual([27])
    expect(encode(stepped, ['1.2'], comma)).toEqual(['cell/not-a-number'])
    expect(encode(stepped, ['1,2,3'], comma)).toEqual(['cell/not-a-number'])
  })

  it('every multiple of the step inside the range, however written, is its number of steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -6, max: 9 }),
        fc.integer({ min: -(10 ** 6), max: 10 ** 6 }),
        fc.integer({ min: 0, max: 10 ** 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(5),
        (places, first, steps, part, zeros) => {
          const text = (k: number): string => `${k}e${-places}`
          const card = cardOf({
            name: 'x',
            type: 'number',
            range: [Number(text(first)), Number(text(first + steps))],
            step: Number(text(1)),
          })
          const k = Math.floor(part * steps)
          expect(encode(card, [text(first + k)])).toEqual([k])
          expect(encode(card, [`${first + k}${'0'.repeat(zeros)}e${-places - zeros}`])).toEqual([k])
          expect(encode(card, [text(first - 1)])).toEqual(['cell/range'])
          expect(encode(card, [text(first + steps + 1)])).toEqual(['cell/range'])
          expect(encode(card, [`${10 * (first + k) + 5}e${-places - 1}`])).toEqual([
            k === steps ? 'cell/range' : 'cell/precision',
          ])
        },
      ),
      runs(300),
    )
  })
})

describe('missing cells', () => {
  it.each(['', '  ', 'NA', 'N/A', '#N/A', 'NaN', 'nan', 'null', 'NULL'])('%j is refused, never 0', (cell) => {
    expect(encode(whole, [cell])).toEqual(['cell/missing'])
  })

  it('a row that is too short is missing its last cells', () => {
    expect(encode(whole, [])).toEqual(['cell/missing'])
  })

  it('takes the constant that the card states', () => {
    const number = cardOf({ name: 'x', type: 'integer', range: [10, 20], missing: { impute: 12 } })
    expect(encode(number, ['NA'])).toEqual([2])
    expect(encode(number, ['none'])).toEqual(['cell/not-a-number'])
    const rounded = cardOf({ name: 'x', type: 'number', range: [0, 1], missing: { impute: 0.25 } })
    expect(encode(rounded, [''])).toEqual(encode(rounded, ['0.25']))
    expect(encode(rounded, [''], { decimalMark: ',' })).toEqual(encode(rounded, ['0.25']))
    const category = cardOf({ name: 'c', type: 'category', levels: ['a', 'b'], missing: { impute: 'b' } })
    expect(encode(category, [''])).toEqual([1])
  })
})

describe('categories', () => {
  const levels = ['fixed', 'part', 'NA', '__proto__']
  const strict = cardOf({ name: 'job', type: 'category', levels })
  const lenient = cardOf({ name: 'job', type: 'category', levels, unknown: 'reference' })

  it('a level sets its own indicator, the reference level none', () => {
    expect(encode(strict, ['fixed'])).toEqual([0, 0, 0])
    expect(encode(strict, ['part'])).toEqual([1, 0, 0])
    expect(encode(strict, [' part '])).toEqual([1, 0, 0])
    expect(encode(strict, ['__proto__'])).toEqual([0, 0, 1])
  })

  it('a level that spells a missing text is a level', () => {
    expect(encode(strict, ['NA'])).toEqual([0, 1, 0])
  })

  it('an unknown level is an error, or the reference where the card says so; a missing one stays an error', () => {
    for (const cell of ['Fixed', 'constructor', 'x']) {
      expect(encode(strict, [cell])).toEqual(['cell/level'])
      expect(encode(lenient, [cell])).toEqual([0, 0, 0])
    }
    expect(encode(lenient, [''])).toEqual(['cell/missing'])
  })
})

describe('a record', () => {
  const card = cardOf(
    { name: 'age', type: 'integer', range: [0, 9], unit: 'years' },
    { name: 'job', type: 'category', levels: ['a', 'b'] },
    { name: 'size', type: 'number', range: [0, 1], step: 0.1 },
  )

  it('has all its problems named at once, by feature, with what would be right and no value', () => {
    const out = new Float64Array(3)
    const problems = makeEncoder(card).encode(['777', 'zzz', '0.55'], out, 1, 0)
    expect(problems.map(({ feature, code, expected }) => [feature, code, expectedText(expected)])).toEqual([
      [0, 'cell/range', 'a number from 0 to 9 years'],
      [1, 'cell/level', 'one of: a, b'],
      [2, 'cell/precision', 'a number from 0 to 1, in steps of 0.1'],
    ])
    expect(JSON.stringify(problems)).not.toMatch(/777|zzz|0\.55/)
  })

  it('is written at its stride, and overwrites what was there', () => {
    const out = new Float64Array(9).fill(7)
    expect(makeEncoder(card).encode(['3', 'a', '0.2'], out, 3, 1)).toEqual([])
    expect([...out]).toEqual([7, 3, 7, 7, 0, 7, 7, 2, 7])
  })
})
