import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { evaluate as oracle } from '../../formats/test/evaluate.ts'
import { rangeOf } from '../../model/interval.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import { compileExpression, type Value } from '../card/evaluate.ts'
import { columnsOf, type Expression, expression } from '../card/expression.ts'
import { runs } from './dial.ts'
import { anyNumber, anyRecord, indexOf, names, numbers, perturbed } from './expressions.ts'

const value = (part: unknown, record: readonly Value[] = [1.5, 10, 2, 'a']): Value =>
  compileExpression(part as Expression, indexOf)(record)
const op = (name: string, ...args: unknown[]) => ({ op: name, args })
const x = { column: 'x' }
const missing = { constant: null }

/** The same value, but for the last places: the oracle sums and approximates in its own way. */
const close = (a: Value, b: Value): boolean =>
  a === b ||
  (typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b)))

describe('laws', () => {
  it('an expression has the value that another implementation gives it', () => {
    let compared = 0
    let drawn = 0
    fc.assert(
      fc.property(anyNumber, anyRecord, (part, record) => {
        // The other one's remainder overflows and cancels, even of constants: it has its own table.
        fc.pre(!JSON.stringify(part).includes('"modulo"'))
        drawn++
        const got = value(part, record)
        // Where the last place of a step decides, a root of nearly nothing or a floor of nearly 3, both may be right.
        fc.pre(perturbed(part, 16).every((other) => close(value(other, record), got)))
        compared++
        const columns = new Map(names.map((name, i) => [name, record[i] as Value]))
        expect(close(got, oracle(part, columns))).toBe(true)
      }),
      runs(1500),
    )
    expect(compared / drawn).toBeGreaterThan(0.8)
  })

  it('its interval holds every value that it takes', () => {
    let bounded = 0
    let drawn = 0
    fc.assert(
      fc.property(anyNumber, fc.array(anyRecord, { minLength: 12, maxLength: 12 }), (part, records) => {
        const { min, max } = rangeOf(part, numbers)
        drawn++
        if (Number.isFinite(min) && Number.isFinite(max)) bounded++
        for (const record of records) {
          const got = value(part, record)
          if (typeof got === 'number') expect(got >= min && got <= max).toBe(true)
        }
      }),
      runs(3000),
    )
    expect(bounded / drawn).toBeGreaterThan(0.3)
  })

  it('its schema takes it, and its JSON is itself', () => {
    fc.assert(
      fc.property(anyNumber, (part) => {
        const again = JSON.parse(JSON.stringify(part))
        expect(z.safeParse(expression, again).success).toBe(true)
        for (const name of columnsOf(part)) expect(names).toContain(name)
      }),
      runs(300),
    )
  })
})

describe('what operations mean', () => {
  it.each<[string, unknown, Value]>([
    ['round takes halves away from zero', op('round', 2.5), 3],
    ['also below zero', op('round', -2.5), -3],
    ['and nothing below a half', op('round', 0.49999999999999994), 0],
    ['nor odd integers that fill a double', op('round', 2 ** 52 + 1), 2 ** 52 + 1],
    ['a remainder has the sign of the divisor', op('modulo', -7, 3), 2],
    ['whatever that is', op('modulo', 7, -3), -2],
    ['and is exact far out', op('modulo', 1e17, 3), 1],
    ['a remainder by zero is missing', op('modulo', 1, 0), null],
    ['a division by zero is missing', op('divide', 1, 0), null],
    ['a logarithm of zero is missing', op('ln', 0), null],
    ['an overflow is missing', op('exp', 1000), null],
    ['one in singles too', op('float32', 1e300), null],
    [
      'one on a line too',
      {
        op: 'piecewise',
        args: [1e308],
        points: [
          [0, 0],
          [1, 10],
        ],
        outside: 'extend',
      },
      null,
    ],
    ['missing makes missing', op('add', 1, missing), null],
    ['missing is no comparison', op('equal', missing, missing), null],
    ['if takes the third where it does not know', op('if', missing, 1, 2), 2],
    ['if takes 1 alone for true', op('if', 2, 1, 0), 0],
    ['coalesce takes the first that is there', op('coalesce', missing, 4, 5), 4],
    ['a text in arithmetic is missing', op('add', { constant: '1' }, 1), null],
    ['a text and a number do not compare', op('less', { constant: '1' }, 2), null],
    ['texts compare by their code units', op('less', { constant: 'B' }, { constant: 'a' }), 1],
    ['number reads decimals', op('number', { constant: '-1.5e1' }), -15],
    ['and nothing else', op('number', { constant: '0x10' }), null],
    ['text is the shortest form', op('text', 0.1), '0.1'],
    ['a length counts characters, not code units', op('length', { constant: 'a😀' }), 2],
    ['a part of a text', op('substring', { constant: 'sales' }, 2, 3), 'ale'],
    ['as far as there is one', op('substring', { constant: 'ab' }, 2, 9), 'b'],
    ['and no further', op('substring', { constant: 'ab' }, 5, 1), ''],
    ['no character is before the first', op('substring', { constant: 'ab' }, 0, 1), null],
    ['days to a leap day', op('days', { constant: '2004-02-29' }), 12_477],
    ['days before 1970', op('days', { constant: '1960-01-01' }), -3653],
    ['days of a date and time', op('days', { constant: '2004-02-29T23:59:59' }), 12_477],
    ['no day of the calendar', op('days', { constant: '2003-02-29' }), null],
    ['no hour of a day', op('days', { constant: '2004-02-29T24:00' }), null],
    ['seconds of a time', op('seconds', { constant: '12:30:05.5' }), 45_005.5],
    ['seconds of a date and time', op('seconds', { constant: '2004-02-29 00:01' }), 60],
    ['a date has no time', op('seconds', { constant: '2004-02-29' }), null],
    ['a text matches where a part of it does', { op: 'matches', args: [{ constant: 'July' }], pattern: 'l' }, 1],
    ['or not', { op: 'matches', args: [{ constant: 'July' }], pattern: '^u' }, 0],
    [
      'matches give way to texts and groups',
      { op: 'replace', args: [{ constant: 'a1b22' }], pattern: '([a-z])(\\d)', by: ['<', 2, 1, '>'] },
      '<1a><2b>2',
    ],
    [
      'until nothing changes',
      { op: 'replace', args: [{ constant: 'a    b' }], pattern: '  ', by: [' '], repeat: true },
      'a b',
    ],
    ['which may never be', { op: 'replace', args: [{ constant: 'a' }], pattern: 'a', by: ['ab'], repeat: true }, null],
    ['a number by printf', { op: 'formatNumber', args: [-3.1399], pattern: '<%8.2f>' }, '<   -3.14>'],
    ['with zeros and a sign', { op: 'formatNumber', args: [42], pattern: '%+06d' }, '+00042'],
    ['to the left', { op: 'formatNumber', args: [7], pattern: '%-3d%%' }, '7  %'],
    ['in powers of ten', { op: 'formatNumber', args: [12_345], pattern: '%.1e' }, '1.2e+04'],
    ['no part of a whole number', { op: 'formatNumber', args: [1.5], pattern: '%d' }, null],
    [
      'a date by strftime',
      { op: 'formatDate', args: [12_477, 45_005], pattern: '%A %d %b %Y, %j; %y/%m/%e %I:%M:%S %p %H %w %u %F %T' },
      'Sunday 29 Feb 2004, 060; 04/02/29 12:30:05 PM 12 0 7 2004-02-29 12:30:05',
    ],
    ['no date is between two days', { op: 'formatDate', args: [0.5, 0], pattern: '%d' }, null],
    [
      'a term among words, wherever it stands',
      {
        op: 'countTerm',
        args: [{ constant: 'a great deal, a great day: "great"' }],
        term: ['a', 'great'],
        words: { by: 'separators', pattern: '\\s+' },
      },
      2,
    ],
    [
      'words by what they are made of',
      {
        op: 'countTerm',
        args: [{ constant: 'co-op co' }],
        term: ['co'],
        words: { by: 'words', pattern: '\\w+' },
      },
      2,
    ],
    [
      'an edge is above when closed on the left',
      { op: 'bin', args: [1], edges: [1], closed: 'left', labels: ['a', 'b'] },
      'b',
    ],
    [
      'and below when closed on the right',
      { op: 'bin', args: [1], edges: [1], closed: 'right', labels: ['a', 'b'] },
      'a',
    ],
    [
      'a lookup tells 1 from "1"',
      {
        op: 'lookup',
        args: [{ constant: '1' }],
        rows: [
          [1, 'n'],
          ['1', 't'],
        ],
      },
      't',
    ],
    [
      'a lookup of a pair',
      {
        op: 'lookup',
        args: [1, { constant: 'b' }],
        rows: [
          [1, 'a', 5],
          [1, 'b', 6],
        ],
      },
      6,
    ],
    ['else what it says', { op: 'lookup', args: [2], rows: [[1, 5]], otherwise: 9 }, 9],
    [
      'a line goes on',
      {
        op: 'piecewise',
        args: [3],
        points: [
          [0, 0],
          [1, 2],
        ],
        outside: 'extend',
      },
      6,
    ],
    [
      'or stays',
      {
        op: 'piecewise',
        args: [3],
        points: [
          [0, 0],
          [1, 2],
        ],
        outside: 'clamp',
      },
      2,
    ],
    [
      'or is missing',
      {
        op: 'piecewise',
        args: [3],
        points: [
          [0, 0],
          [1, 2],
        ],
        outside: 'missing',
      },
      null,
    ],
  ])('%s', (_, part, expected) => {
    expect(value(part)).toBe(expected)
  })

  it('a text longer than 10,000 characters is missing, so that nothing doubles without end', () => {
    let text: Value = 'ab'
    for (let i = 0; i < 40; i++)
      text = value(op('coalesce', op('concat', { column: 't' }, { column: 't' }), { column: 't' }), [0, 0, 0, text])
    expect((text as string).length).toBe(8192)
  })

  it('a column is known only after it stands', () => {
    const fails = () => compileExpression({ column: 'later' }, indexOf)
    expect(fails).toThrow(expect.objectContaining({ code: 'model/invalid' }))
  })
})

describe('a hostile expression', () => {
  const nested = (depth: number, open: string, close: string): string => `${open.repeat(depth)}1${close.repeat(depth)}`
  const file = (part: string): string =>
    `{"format":"blindscore-model/1","id":"m","version":"1","title":"m","description":"","features":[{"name":"x","type":"integer","range":[0,1]}],"derived":[{"name":"d","type":"number","expression":${part}}],"heads":[{"intercept":0,"terms":[{"feature":"x","weight":1}]}],"link":"identity"}`

  it.each([300, 10_000, 1_000_000])('nested %d times is refused, not a stack overflow', (depth) => {
    expect(() => parseModelFile(file(nested(depth, '{"op":"abs","args":[', ']}')))).toThrow(
      expect.objectContaining({ code: 'model/invalid' }),
    )
  })

  it('as deep as the limit lets it is read, bounded and evaluated without doubling its work at each level', () => {
    const deep = nested(190, '{"op":"add","args":[{"column":"x"},', ']}')
    const [column] = parseModelFile(file(deep)).derived ?? []
    expect(rangeOf(column?.expression as Expression, numbers)).toEqual({ min: 1 - 570, max: 1 + 760 })
    expect(value(column?.expression, [1, 0, 0, null])).toBe(191)
    expect(() => parseModelFile(file(deep.replace('"add"', '"system"')))).toThrow(
      expect.objectContaining({ code: 'model/invalid' }),
    )
    // Work that doubles with each level does not end in this.
  }, 20_000)

  it.each([
    ['an operation that is not one', '{"op":"eval","args":[1]}'],
    ['one of a prototype', '{"op":"constructor","args":[1]}'],
    ['too few arguments', '{"op":"add","args":[]}'],
    ['a number that no double holds', '1e999'],
    ['a member too many', '{"op":"abs","args":[1],"run":"x"}'],
  ])('with %s is refused', (_, part) => {
    expect(() => parseModelFile(file(part))).toThrow(expect.objectContaining({ code: 'model/invalid' }))
  })

  it.each([
    ['edges that fall', { op: 'bin', args: [x], edges: [2, 1], closed: 'left', labels: ['a', 'b', 'c'] }],
    ['a label too few', { op: 'bin', args: [x], edges: [1], closed: 'left', labels: ['a'] }],
    [
      'points that fall',
      {
        op: 'piecewise',
        args: [x],
        points: [
          [1, 0],
          [0, 1],
        ],
        outside: 'clamp',
      },
    ],
    ['a ragged lookup', { op: 'lookup', args: [x], rows: [[1, 2, 3]] }],
  ])('with %s does not compile', (_, part) => {
    expect(() => value(part)).toThrow(expect.objectContaining({ code: 'model/invalid' }))
  })
})
