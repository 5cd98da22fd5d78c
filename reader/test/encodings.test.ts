import { describe, expect, it } from 'vitest'
import { type Encoding, encodingOf } from '../encodings.ts'
import { inspect } from '../inspect.ts'
import { readRows } from '../records.ts'
import { tables } from './encodedTables.ts'
import { allRows, fileOf, plain, utf16 } from './files.ts'

const bytesOf = (encoding: string): Buffer => Buffer.from(tables[encoding]?.[0] ?? '', 'base64')
const named = Object.keys(tables) as Encoding[]

describe('a table in another encoding', () => {
  it.each(named)('%s: reads as the same table in UTF-8 does', async (encoding) => {
    const [, text = ''] = tables[encoding] ?? []
    const format = { ...plain, encoding }
    expect(await allRows(fileOf(bytesOf(encoding)), format)).toEqual(await allRows(fileOf(text)))
    const { header, rows } = await inspect(fileOf(bytesOf(encoding)), { encoding })
    expect([header, ...rows].map((row) => row.join(',')).join('\n')).toBe(text.trimEnd())
  })

  // Second bytes of these are those of "|", "}", digits and letters.
  it.each(['shift_jis', 'gb18030', 'big5', 'euc-kr'] as const)('%s: its rows are found again', async (encoding) => {
    // Most pieces end in a row, since most line ends are in cells.
    const [, text = ''] = tables[encoding] ?? []
    const lines = text.trimEnd().split('\n').slice(1)
    const begins = bytesOf(encoding).toString('latin1').trimEnd().split('\n').slice(1)
    const made = Array.from({ length: 24_000 }, (_, i) => {
      const [line = '', bytes = ''] = [lines[i % lines.length], begins[i % lines.length]]
      const more = i % 3 > 0 ? `"many\r\n\r\n\r\n\r\nlines ${i}"` : `${'x'.repeat(i % 180)}${i}`
      return { text: `${line},${more.replaceAll('"', '').replaceAll('\r\n', '\n')}`, bytes: `${bytes},${more}\r\n` }
    })
    const file = fileOf(Buffer.from(`a,b,c\r\n${made.map(({ bytes }) => bytes).join('')}`, 'latin1'))
    const format = { ...plain, encoding }
    const all = (await allRows(file, format)).rows.slice(1)
    expect(all.map((row) => row.join())).toEqual(made.map((each) => each.text))
    let told = 0
    let places = 0
    for await (const { rows, next } of readRows(file, format)) {
      told += rows.length
      if (next.byte === file.size) continue
      // One batch from there on is enough.
      for await (const again of readRows(file, format, next)) {
        expect(again.rows[0]).toEqual(all[told - 1])
        break
      }
      places += 1
    }
    expect(places).toBeGreaterThan(10)
  })

  it.each(['le', 'be'] as const)('UTF-16 %s of another script is known without a mark', async (order) => {
    for (const encoding of named) {
      const { format, header } = await inspect(fileOf(utf16(tables[encoding]?.[1] ?? '', order, false)))
      expect(format.encoding).toBe(`utf-16${order}`)
      expect(header.join()).toBe(tables[encoding]?.[1].split('\n')[0])
    }
  })

  it('is said by any label of the standard, and by no other word', () => {
    expect(['latin1', 'sjis', 'cp1251', 'gb2312', ' UTF8 ', 'iso-8859-8-i', 'ascii'].map(encodingOf)).toEqual([
      'windows-1252',
      'shift_jis',
      'windows-1251',
      'gbk',
      'utf-8',
      'iso-8859-8',
      'windows-1252',
    ])
    expect(['', 'latin', 'replacement', 'x-user-defined'].map(encodingOf)).toEqual([null, null, null, null])
  })

  it('keeps what windows-1252 has beyond ISO 8859-1, in the last line as well', async () => {
    const file = fileOf('a,b,c\n1,', new Uint8Array([0x80, 0x92, 0x9f]), ',3\n')
    expect((await allRows(file, { ...plain, encoding: 'windows-1252' })).rows[1]).toEqual(['1', '€’Ÿ', '3'])
  })
})
