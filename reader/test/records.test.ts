import * as fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { sentenceOf } from '../../words/en/errors.ts'
import { mostColumns, mostRowCharacters, plainRows } from '../records.ts'
import { allRows, errorOf, fileOf, padded, pieceBytes, plain } from './files.ts'

describe('text to rows', () => {
  it.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ])('reads %s, with and without one at the end, and passes over blank lines', async (_, end) => {
    for (const last of ['', end, end + end]) {
      const file = fileOf(['a,b', '1,2', '', '3,4'].join(end) + last)
      expect(await allRows(file)).toEqual({
        rows: [
          ['a', 'b'],
          ['1', '2'],
          ['3', '4'],
        ],
        lines: [1, 2, 4],
      })
    }
  })

  it('keeps quoted line ends, quotes and delimiters, and counts the lines in them', async () => {
    const file = fileOf('a,b\r\n"x\r\ny, ""z""",1\r\n2,3\r\n')
    expect(await allRows(file)).toEqual({
      rows: [
        ['a', 'b'],
        ['x\ny, "z"', '1'],
        ['2', '3'],
      ],
      lines: [1, 2, 4],
    })
  })

  const hard = 'é,"q""uo\r\nte",𝄞\r\n"",\'x\',"a,b"\r\nlast,,"""\r\n"""\r\n'
  const hardRows = [
    ['é', 'q"uo\nte', '𝄞'],
    ['', "'x'", 'a,b'],
    ['last', '', '"\n"'],
  ]

  it('reads the same rows wherever a piece ends in them', async () => {
    const size = new TextEncoder().encode(hard).length
    for (let inside = 0; inside <= size; inside++) {
      const before = pieceBytes - inside
      const { rows, lines } = await allRows(padded(before, hard, `${'a'.repeat(8190)}\r\n`))
      const first = rows.length - hardRows.length
      expect(rows.slice(first), `${inside} bytes before the edge`).toEqual(hardRows)
      expect(lines.slice(first)).toEqual([first + 1, first + 3, first + 4])
    }
  })

  it('names the line on which a quote opens that never closes, near and far from the end', async () => {
    for (const after of ['', 'x,y\n'.repeat(10), 'x,y\n'.repeat(pieceBytes)]) {
      const error = await errorOf(allRows(fileOf('a,b\n1,2\n3,"open\n', after)))
      expect([error.code, error.place.line]).toEqual(['file/unterminated-quote', 3])
      expect(sentenceOf(error)).toContain('No rows were taken')
    }
  })

  it('does not take text after a closing quote for part of a cell', async () => {
    const error = await errorOf(allRows(fileOf('a,b\n1,2\n"x"y,3\n4,5\n')))
    expect([error.code, error.place.line]).toEqual(['file/unterminated-quote', 3])
  })

  it('refuses a line without end and a row of too many columns, with the line', async () => {
    const long = await errorOf(allRows(fileOf('a,b\n', 'x'.repeat(mostRowCharacters + 2 * pieceBytes))))
    expect([long.code, long.place.line]).toEqual(['file/row-too-long', 2])
    const wide = await errorOf(allRows(fileOf('a,b\n1,2\n', ','.repeat(mostColumns))))
    expect([wide.code, wide.place.line]).toEqual(['file/too-many-columns', 3])
    expect((await allRows(fileOf('x', ','.repeat(mostColumns - 1)))).rows[0]).toHaveLength(mostColumns)
  })

  it('never holds more than a bounded part of the file', async () => {
    let held = 0
    let most = 0
    const rows = `${'abcdefg,'.repeat(1023)}hijklmn\n`.repeat(128)
    const whole = new Blob(Array.from({ length: 12 }, () => rows))
    const watched = {
      size: whole.size,
      slice: (from: number, to: number) => {
        held = to - from
        most = Math.max(most, held)
        return whole.slice(from, to)
      },
    } as Blob
    expect((await allRows(watched)).rows).toHaveLength(12 * 128)
    expect(most).toBe(pieceBytes)
  })

  it.each([';', '\t', '|'] as const)('cuts at %j', async (delimiter) => {
    const file = fileOf(['a', 'b,c'].join(delimiter), '\n', ['1', '2'].join(delimiter))
    expect((await allRows(file, { ...plain, delimiter })).rows).toEqual([
      ['a', 'b,c'],
      ['1', '2'],
    ])
  })

  it('takes rows without a parser only where the parser says the same of them', () => {
    const signs = fc.array(fc.constantFrom('a', '1', ' ', '"', ',', '\n', '""', '"\n', '","', 'é'), { maxLength: 30 })
    fc.assert(
      fc.property(signs, (parts) => {
        const text = parts.join('')
        const rows: string[][] = []
        const at = plainRows(text, ',', (row) => rows.push(row))
        const parser = new Papa.Parser({ delimiter: ',', newline: '\n', quoteChar: '"', escapeChar: '"' })
        const { data } = parser.parse(text, 0, true) as { data: string[][] }
        expect(rows).toEqual(data.slice(0, rows.length))
        expect(parser.parse(text.slice(at), 0, true).data).toEqual(data.slice(rows.length))
      }),
      { numRuns: 3000 },
    )
    // Nearly all rows are such.
    const rows: string[][] = []
    expect(plainRows('a,"b c",\n1,,"2"\nrest', ',', (row) => rows.push(row))).toBe(16)
    expect(rows).toEqual([
      ['a', 'b c', ''],
      ['1', '', '2'],
    ])
  })
})
