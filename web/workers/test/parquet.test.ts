import { describe, expect, it } from 'vitest'
import { readParquet } from '../inside/parquet.ts'
import { allRows, errorOf, fileOf } from './files.ts'
import { parquet } from './parquetFile.ts'

const columns = {
  name: { type: 'text', values: ['Ann, "A."', '=1+1', ' x '] },
  age: { type: 'double', values: [4.61512, 1e-7, -3] },
  rate: { type: 'float', values: [0.1, 1.5, 3.4028234663852886e38] },
  id: { type: 'int64', values: [9007199254740993n, 0n, -1n] },
} as const

describe('a Parquet file', () => {
  it('becomes text with the digits that make each number', async () => {
    const read = await readParquet(fileOf(parquet(columns)))
    expect(read).toMatchObject({ sheets: [], notes: [] })
    expect((await allRows(read.csv)).rows).toEqual([
      ['name', 'age', 'rate', 'id'],
      ['Ann, "A."', '4.61512', '0.1', '9007199254740993'],
      ['=1+1', '1e-7', '1.5', '0'],
      [' x ', '-3', '3.4028235e+38', '-1'],
    ])
  })

  it('is refused by name where it is compressed in a way that is not read here', async () => {
    const error = await errorOf(readParquet(fileOf(parquet(columns, 6))))
    expect([error.code, error.message]).toEqual(['file/unreadable', expect.stringContaining('ZSTD')])
  })

  it.each([
    ['cut', (bytes: Uint8Array) => bytes.slice(0, 60)],
    ['of the magic number alone', () => new TextEncoder().encode('PAR1')],
    ['with a footer that is none', (bytes: Uint8Array) => bytes.fill(0xff, bytes.length - 40, bytes.length - 8)],
  ])('is refused when it is %s', async (_, spoil) => {
    expect((await errorOf(readParquet(fileOf(spoil(parquet(columns)))))).code).toBe('file/unreadable')
  })
})
