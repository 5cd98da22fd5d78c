import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { tableKind } from '../format.ts'
import { gunzip, unpackedName } from '../gunzip.ts'
import { readJson } from '../json.ts'
import { allRows, errorOf, fileOf } from './files.ts'
import { scoresOf } from './records.ts'

const rowsOf = async (text: string) => (await allRows((await readJson(fileOf(text))).csv)).rows
const two = [
  ['id', 'age', 'at.city'],
  ['A', '40', 'Köln'],
  ['B', '', ''],
]

describe('records as JSON', () => {
  it.each([
    ['a list', '[{"id":"A","age":40,"at":{"city":"Köln"}},{"id":"B","age":null}]'],
    ['one object a line', '{"id":"A","age":40,"at":{"city":"Köln"}}\r\n\n{"id":"B","age":null}\n'],
    ['a list in an object', '{"data":[{"id":"A","age":40,"at":{"city":"Köln"}},{"id":"B"}],"next":null}'],
    ['columns and rows', '{"columns":["id","age","at.city"],"data":[["A",40,"Köln"],["B",null]]}'],
    ['rows below a header', '[["id","age","at.city"],["A",40,"Köln"],["B",null,null]]'],
    ['a list after a byte-order mark', '\ufeff [ {"id":"A","age":40,"at":{"city":"Köln"}}, {"id":"B"} ]'],
  ])('are rows: %s', async (_, text) => {
    expect(tableKind(new TextEncoder().encode(text))).toBe('json')
    expect(await rowsOf(text)).toEqual(two)
  })

  it('keep every digit, texts that look like numbers, and names that are properties of all objects', async () => {
    const text =
      '[{"id":"0071","long":12345678901234567890.125,"text":"12345678901234567890 \\"1\\"","__proto__":true,"list":[1,2]}]'
    const { markedTexts, csv } = await readJson(fileOf(text, ''))
    expect((await allRows(csv)).rows).toEqual([
      ['id', 'long', 'text', '__proto__', 'list'],
      ['0071', '12345678901234567890.125', '12345678901234567890 "1"', 'TRUE', '[1,2]'],
    ])
    expect(markedTexts).toEqual([])
    expect((await readJson(fileOf('[{"a":"1.500"}]'))).markedTexts).toEqual([0])
  })

  it.each([
    ['one that is cut', '[{"id": 1}, {"id"'],
    ['a line that is no record', '{"id": 1}\n2\n'],
    ['a file of ours', '{"format": "blindscore-key/1", "n": "1"}'],
    ['two lists', '{"a": [{"b": 1}], "c": [{"d": 1}]}'],
    ['rows of another width', '{"columns": ["a"], "data": [[1, 2]]}'],
    ['one that is nested without end', `[${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}]`],
    ['bytes that are no text', '[{"id":"\u0000'],
  ])('are refused as JSON where they are no table: %s', async (_, text) => {
    expect((await errorOf(readJson(fileOf(text)))).code).toBe('file/not-text')
  })

  it.each(['[]', '{"data": [], "columns": ["a"]}'])('without a record are empty: %s', async (text) => {
    expect((await errorOf(readJson(fileOf(text)))).code).toBe('file/empty')
  })

  it('are scored', async () => {
    const text = '{"id":"A","age":40,"income":30000,"rate":5,"home":"own"}\n'
    const { scores } = await scoresOf(text, 'strict', { near: 'none' })
    expect(scores.A).toBeCloseTo(33.8, 5)
  })
})

describe('a compressed file', () => {
  it('is what is in it', async () => {
    const text = 'a,b\n1,2\n'.repeat(50_000)
    const unpacked = await gunzip(fileOf(new Uint8Array(gzipSync(text))))
    expect(await unpacked.text()).toBe(text)
  })

  it.each([
    ['cut', gzipSync('a,b\n1,2\n').subarray(0, 15)],
    ['changed', Buffer.concat([gzipSync('a,b\n').subarray(0, -5), Buffer.from('12345')])],
  ])('that is %s is refused', async (_, bytes) => {
    expect((await errorOf(gunzip(fileOf(new Uint8Array(bytes))))).code).toBe('file/unreadable')
  })

  it.each([
    ['people.csv.gz', 'people.csv'],
    ['people.json.GZIP', 'people.json'],
    ['.gz', '.gz'],
    ['people.csv', 'people.csv'],
  ])('%s holds %s', (name, inner) => {
    expect(unpackedName(name)).toBe(inner)
  })
})
