import { describe, expect, it } from 'vitest'
import { sentenceOf } from '../../words/en/errors.ts'
import { readerNotes } from '../../words/en/reader.ts'
import { decodeFile } from '../decode.ts'
import type { Encoding } from '../encodings.ts'
import { inspect } from '../inspect.ts'
import { errorOf, fileOf, pieceBytes, utf16 } from './files.ts'

async function textOf(file: Blob, encoding: Encoding = 'utf-8'): Promise<string> {
  let text = ''
  for await (const piece of decodeFile(file, encoding)) text += piece.text
  return text
}

describe('bytes to text', () => {
  it.each(['é', '€', '𝄞'])('keeps %s wherever a piece ends in it', async (character) => {
    const size = new TextEncoder().encode(character).length
    for (let before = 1; before <= size + 1; before++) {
      const text = `${'a'.repeat(pieceBytes - before)}${character}z`
      expect(await textOf(fileOf(text)), `${before} bytes before the edge`).toBe(text)
    }
  })

  it.each(['le', 'be'] as const)('keeps a surrogate pair of UTF-16%s across an edge', async (order) => {
    for (const before of [0, 1, 2, 3]) {
      const text = `${'a'.repeat(pieceBytes / 2 - before)}𝄞z`
      expect(await textOf(fileOf(utf16(text, order)), `utf-16${order}`)).toBe(text)
    }
  })

  it('drops a byte-order mark and says so', async () => {
    const marked = fileOf(new Uint8Array([0xef, 0xbb, 0xbf]), 'a,b\n1,2\n')
    expect(await textOf(marked)).toBe('a,b\n1,2\n')
    const preview = await inspect(marked)
    expect(preview.header).toEqual(['a', 'b'])
    expect(preview.notes).toEqual([{ note: 'byteOrderMark', facts: { encoding: 'utf-8' } }])
  })

  it.each([
    ['le', true],
    ['be', true],
    ['le', false],
    ['be', false],
  ] as const)('finds UTF-16%s, with a mark: %s', async (order, mark) => {
    const preview = await inspect(fileOf(utf16('name,größe\nÄnne,1\n', order, mark)))
    expect(preview.format.encoding).toBe(`utf-16${order}`)
    expect(preview.header).toEqual(['name', 'größe'])
    expect(preview.rows).toEqual([['Änne', '1']])
    const note = mark ? 'byteOrderMark' : 'readAs'
    expect(preview.notes).toEqual([{ note, facts: { encoding: `utf-16${order}` } }])
    expect(readerNotes[note]({ encoding: 'windows-1257' })).toContain(' Windows-1257.')
    expect(readerNotes[note]({ encoding: 'iso-8859-15' })).toContain(' ISO 8859-15.')
    expect(readerNotes[note]({ encoding: `utf-16${order}` })).toContain(`UTF-16${order.toUpperCase()}`)
  })

  it.each<[string, number[], number]>([
    ['a lone continuation byte', [0x80], 0],
    ['an overlong form', [0xc0, 0xaf], 0],
    ['an overlong form of three bytes', [0xe0, 0x80, 0x80], 0],
    ['a surrogate', [0xed, 0xa0, 0x80], 0],
    ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80], 0],
    ['a lead byte without its rest', [0xc3, 0x28], 0],
    ['Latin-1 after good UTF-8', [0xc3, 0xa9, 0xe9, 0x2c], 2],
    ['a character cut by the end', [0x41, 0xe2, 0x82], 1],
    ['a lead byte after U+FFFD itself', [0xef, 0xbf, 0xbd, 0xef, 0xbf, 0x28], 3],
  ])('names the offset of %s', async (_, bytes, at) => {
    for (const before of [0, 5, pieceBytes - 1, pieceBytes, pieceBytes + 3]) {
      const error = await errorOf(textOf(fileOf('a'.repeat(before), new Uint8Array(bytes))))
      expect(error.code).toBe('file/encoding')
      expect(error.place.byte).toBe(before + at)
      expect(sentenceOf(error)).toContain('Choose the file')
    }
  })

  it('counts the mark into the offset', async () => {
    const error = await errorOf(textOf(fileOf(new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0xff]))))
    expect(error.place.byte).toBe(4)
  })

  it('reads the same bytes once another encoding is chosen', async () => {
    const latin = fileOf('name,n\nJos', new Uint8Array([0xe9]), ',1\n')
    expect((await errorOf(inspect(latin))).code).toBe('file/encoding')
    expect((await inspect(latin, { encoding: 'windows-1252' })).rows).toEqual([['José', '1']])
  })

  it('says so when the file is gone', async () => {
    const gone = {
      size: 10,
      slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) }),
    } as unknown as Blob
    const error = await errorOf(inspect(gone))
    expect(error.code).toBe('file/unreadable')
    expect(sentenceOf(error)).toContain('Choose it again')
  })
})

describe('what is not text', () => {
  it.each<[string, number[]]>([
    ['ZIP archive or a spreadsheet', [0x50, 0x4b, 0x03, 0x04, 0x14]],
    ['old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0, 0xa1]],
    ['gzip archive', [0x1f, 0x8b, 0x08, 0x00]],
    ['PDF document', [0x25, 0x50, 0x44, 0x46, 0x2d]],
    ['Parquet file', [0x50, 0x41, 0x52, 0x31, 0x15]],
    ['a picture', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]],
    ['a picture', [0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10]],
    ['a picture', [...new TextEncoder().encode('GIF89a')]],
    ['a picture', [...new TextEncoder().encode('RIFF\x10\x20\x01\x00WEBPVP8 ')]],
    ['a picture', [0, 0, 0, 0x18, ...new TextEncoder().encode('ftypheic')]],
    ['SQLite database', [...new TextEncoder().encode('SQLite format 3')]],
    ['JSON', [...new TextEncoder().encode(' [{"id": 1,')]],
    ['JSON', [...new TextEncoder().encode('\ufeff{"id": 1}\n')]],
    ['HTML or XML', [...new TextEncoder().encode('<html xmlns="x"><table>')]],
  ])('is named: %s', async (name, bytes) => {
    const error = await errorOf(inspect(fileOf(new Uint8Array(bytes), 'a,b\n1,2\n')))
    expect(error.code).toBe('file/not-text')
    expect(sentenceOf(error)).toContain(name)
  })

  it('is not a table whose first cell begins like a picture', async () => {
    for (const first of ['RIFF', 'GIF8', 'ftyp'])
      expect((await inspect(fileOf(`${first},size\n1,2\n`))).header).toEqual([first, 'size'])
  })

  it('includes NUL bytes, early and late', async () => {
    const early = await errorOf(inspect(fileOf('a,b\n1,\x002\n')))
    expect([early.code, early.place.byte]).toEqual(['file/not-text', 6])
    const late = await errorOf(textOf(fileOf('a\n'.repeat(pieceBytes), '\0')))
    expect(late.code).toBe('file/not-text')
  })

  it('includes an empty file', async () => {
    expect((await errorOf(inspect(fileOf()))).code).toBe('file/empty')
    expect((await errorOf(inspect(fileOf('\n\n\r\n')))).code).toBe('file/empty')
  })
})
