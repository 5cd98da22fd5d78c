import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalInSteps, decimalOfNumber, parseDecimal, placesOf, textInSteps } from '../number/decimal.ts'
import { runs } from './dial.ts'

/** Decimal text of many shapes, built from its parts, so that the oracle needs no parser. */
const spelled = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    whole: fc.stringMatching(/^[0-9]{0,20}$/),
    fraction: fc.option(fc.stringMatching(/^[0-9]{0,20}$/), { nil: null }),
    exponent: fc.option(fc.integer({ min: -30, max: 30 }), { nil: null }),
    e: fc.constantFrom('e', 'E', 'e+'),
  })
  .filter(({ whole, fraction }) => whole.length + (fraction?.length ?? 0) > 0)
  .map(({ sign, whole, fraction, exponent, e }) => {
    const mark = exponent === null ? '' : exponent < 0 ? `e${exponent}` : `${e}${exponent}`
    return {
      text: `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${mark}`,
      mantissa: BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction ?? ''}`),
      scale: (fraction?.length ?? 0) - (exponent ?? 0),
    }
  })

describe('the decimal grammar', () => {
  it('spells exactly mantissa · 10^−scale', () => {
    fc.assert(
      fc.property(spelled, ({ text, mantissa, scale }) => {
        const parsed = parseDecimal(text)
        expect(parsed).not.toBeNull()
        expect(parsed?.mantissa).toBe(mantissa)
        expect(parsed?.scale).toBe(scale)
      }),
      runs(2000),
    )
  })

  it.each([
    ['empty', ''],
    ['blank', ' '],
    ['spaces around', ' 12 '],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ['a negative infinity', '-Infinity'],
    ['hexadecimal', '0x10'],
    ['octal', '0o7'],
    ['an underscore', '1_000'],
    ['a thousands comma', '1,000'],
    ['a decimal comma', '1,5'],
    ['U+2212 minus', '\u22125'],
    ['full-width digits', '\uff11\uff12'],
    ['Arabic-Indic digits', '\u0661\u0662'],
    ['a full-width full stop', '1\uff0e5'],
    ['a superscript', '1\u00b2'],
    ['a sign alone', '-'],
    ['a point alone', '.'],
    ['two points', '1.2.3'],
    ['two signs', '--1'],
    ['an exponent alone', 'e5'],
    ['an unfinished exponent', '1e'],
    ['a fractional exponent', '1e0.5'],
    ['an exponent of four digits', '1e1000'],
    ['a currency', '$5'],
    ['a percentage', '5%'],
    ['a big integer literal', '5n'],
    ['a line end after it', '5\n'],
    ['401 digits', '1'.repeat(401)],
  ])('refuses %s', (_, text) => {
    expect(parseDecimal(text)).toBeNull()
    expect(textInSteps(text, 2)).toBeNull()
  })

  it.each([
    ['0', 0n, 0],
    ['-0', 0n, 0],
    ['007', 7n, 0],
    ['+5', 5n, 0],
    ['.5', 5n, 1],
    ['5.', 5n, 0],
    ['1e999', 1n, -999],
    ['1E-3', 1n, 3],
  ])('takes %s', (text, mantissa, scale) => {
    expect(parseDecimal(text)).toEqual({ mantissa, scale })
  })

  it('never takes what JavaScript would have to guess at: every other text is null', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.,-+eE_xX \u2212\uff11n') }), (text) => {
        const right = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$/.test(text)
        expect(parseDecimal(text) !== null).toBe(right)
      }),
      runs(3000),
    )
  })
})

describe('a decimal in steps of 10^−places', () => {
  it('is the integer at or below, and the class of the rest, by a BigInt oracle', () => {
    fc.assert(
      fc.property(spelled, fc.integer({ min: -15, max: 15 }), ({ text, mantissa, scale }, places) => {
        // value / step = mantissa · 10^(places − scale), as over / under.
        const over = mantissa * 10n ** BigInt(Math.max(0, places - scale))
        const under = 10n ** BigInt(Math.max(0, scale - places))
        let floor = over / under
        if (floor * under > over) floor -= 1n
        const twice = 2n * (over - floor * under)
        const rest = twice === 0n ? 'none' : twice < under ? 'below half' : 'half or above'
        expect(textInSteps(text, places)).toEqual({ floor: Number(floor) + 0, rest })
        expect(decimalInSteps({ mantissa, scale }, places)).toEqual({ floor: Number(floor) + 0, rest })
      }),
      runs(3000),
    )
  })

  it('is exact where doubles are not', () => {
    expect(textInSteps('12.34', 2)).toEqual({ floor: 1234, rest: 'none' })
    expect(textInSteps('0.1', 1)).toEqual({ floor: 1, rest: 'none' })
    expect(textInSteps('1.005', 2)).toEqual({ floor: 100, rest: 'half or above' })
    expect(textInSteps('4.35', 2)).toEqual({ floor: 435, rest: 'none' })
    expect(textInSteps('-0.5', 0)).toEqual({ floor: -1, rest: 'half or above' })
    expect(textInSteps('9007199254740991', 0)).toEqual({ floor: 9007199254740991, rest: 'none' })
    expect(textInSteps(`0.${'0'.repeat(300)}1`, 0)).toEqual({ floor: 0, rest: 'below half' })
  })

  it('never has a negative zero', () => {
    for (const text of ['-0', '-0.0', '-0e5', '-0.000']) {
      expect(Object.is(textInSteps(text, 3)?.floor, 0)).toBe(true)
    }
  })
})

describe('a double as a decimal', () => {
  it('reads back as itself', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const { mantissa, scale } = decimalOfNumber(value)
        expect(Number(`${mantissa}e${-scale}`)).toBe(value + 0)
      }),
      runs(2000),
    )
  })

  it.each([
    [0, 0],
    [100, -2],
    [0.01, 2],
    [12.5, 1],
    [1e21, -21],
    [1e-7, 7],
    [-2.5e-8, 9],
  ])('%d has %d places', (value, places) => {
    expect(placesOf(decimalOfNumber(value))).toBe(places)
  })
})
