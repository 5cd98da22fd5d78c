import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { sentenceOf } from '../../words/en/errors.ts'
import { readParquet } from '../parquet.ts'
import { allRows, errorOf, fileOf } from './files.ts'
import { type Codec, parquet } from './parquetFile.ts'

const columns = {
  name: { type: 'text', values: ['Ann, "A."', '=1+1', ' x '] },
  age: { type: 'double', values: [4.61512, 1e-7, -3] },
  rate: { type: 'float', values: [0.1, 1.5, 3.4028234663852886e38] },
  id: { type: 'int64', values: [9007199254740993n, 0n, -1n] },
} as const

/** i² modulo 97 for i in [0, 300) as little-endian 64-bit integers, compressed by zstd 1.5.4 at level 19. */
const squaresZstd =
  'KLUv/WBgCNUDAAQGAAEECRAZJDFAUQMYL0gCHz5fIUYMNWAsWyteMghBG1g2Flk9IwtWQjAgEgZdVU9LSUtPVV0GEiAwQlYLIz1ZFjZYG0EIMl4rWyxgNQxGIV8+HwJILxgDUUAxJBkQCQQBYaggfvDZMxKYvx77/38HVS7Mu/aDwTYE'

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)])

/** Snappy's format with one literal of at most 65,536 bytes: its length, then a tag with the length less one. */
function literal(page: Uint8Array): Uint8Array {
  const last = page.length - 1
  return Uint8Array.of(...varint(page.length), 61 << 2, last & 0xff, last >> 8, ...page)
}

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

  it.each<[string, Codec]>([
    ['SNAPPY', { number: 1, compress: literal }],
    ['GZIP', { number: 2, compress: (page) => gzipSync(page) }],
    ['ZSTD', { number: 6, compress: () => Buffer.from(squaresZstd, 'base64') }],
  ])('is read where it is compressed with %s', async (_, codec) => {
    const values = Array.from({ length: 300 }, (_, i) => BigInt((i * i) % 97))
    const read = await readParquet(fileOf(parquet({ square: { type: 'int64', values } }, codec)))
    expect((await allRows(read.csv)).rows).toEqual([['square'], ...values.map((value) => [String(value)])])
  })

  it('is refused by name where it is compressed in a way that is not read here', async () => {
    const brotli: Codec = { number: 4, compress: (page) => brotliCompressSync(page) }
    const error = await errorOf(readParquet(fileOf(parquet(columns, brotli))))
    expect([error.code, sentenceOf(error)]).toEqual(['file/unreadable', expect.stringContaining('BROTLI')])
  })

  it('is refused where its pages hold something else than they state', async () => {
    const shorter: Codec = { number: 2, compress: (page) => gzipSync(page.subarray(1)) }
    expect((await errorOf(readParquet(fileOf(parquet(columns, shorter))))).code).toBe('file/unreadable')
    const noise: Codec = { number: 6, compress: () => Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff, 0xff) }
    expect((await errorOf(readParquet(fileOf(parquet(columns, noise))))).code).toBe('file/unreadable')
  })

  it.each([
    ['cut', (bytes: Uint8Array) => bytes.slice(0, 60)],
    ['of the magic number alone', () => new TextEncoder().encode('PAR1')],
    ['with a footer that is none', (bytes: Uint8Array) => bytes.fill(0xff, bytes.length - 40, bytes.length - 8)],
  ])('is refused when it is %s', async (_, spoil) => {
    expect((await errorOf(readParquet(fileOf(spoil(parquet(columns)))))).code).toBe('file/unreadable')
  })
})
