import { Decoder, Encoder } from 'cbor-x'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BlindscoreError } from '../errors.ts'
import { fromHex, toHex } from '../number/bytes.ts'
import { type Chunk, chunkHeaderBytes, decodeChunk, encodeChunk } from '../protocol/wire.ts'
import { runs, slow } from './dial.ts'

const counting = (length: number, from: number): Uint8Array => Uint8Array.from({ length }, (_, i) => from + i)
const sample: Chunk = {
  card: counting(32, 0x00),
  key: counting(32, 0x20),
  run: counting(16, 0x40),
  chunk: 258,
  records: 70000,
  ciphertexts: Uint8Array.of(0xde, 0xad, 0xbe, 0xef),
}
const golden = [
  'a7',
  `6176${'01'}`,
  `6463617264${'5820'}${toHex(sample.card)}`,
  `636b6579${'5820'}${toHex(sample.key)}`,
  `6372756e${'50'}${toHex(sample.run)}`,
  `656368756e6b${'190102'}`,
  `677265636f726473${'1a00011170'}`,
  `6b63697068657274657874 73${'44'}deadbeef`.replace(' ', ''),
].join('')

const anyChunk: fc.Arbitrary<Chunk> = fc.record({
  card: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  key: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  run: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  chunk: fc.oneof(
    fc.nat(300),
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.constantFrom(23, 24, 255, 256, 65535, 65536),
  ),
  records: fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 0xffff_ffff })),
  ciphertexts: fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    fc.constantFrom(0, 23, 24, 255, 256, 65535, 65536).map((n) => new Uint8Array(n)),
  ),
})

const other = new Encoder({ useRecords: false, tagUint8Array: false, variableMapSize: true })
/** Bytes as text: comparing long arrays member by member takes a thousand times as long. */
const plain = (chunk: Chunk): Record<string, number | string> =>
  Object.fromEntries(
    Object.entries(chunk).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : Buffer.from(value).toString('hex'),
    ]),
  )

describe('the chunk format', () => {
  it('has these bytes', () => {
    expect(toHex(encodeChunk(sample))).toBe(golden)
    expect(plain(decodeChunk(fromHex(golden)))).toEqual(plain(sample))
  })

  it('takes as many bytes besides its ciphertexts as is said, where every member is as wide as it can be', () => {
    const widest = { ...sample, chunk: 0xffff_ffff, records: 0xffff_ffff, ciphertexts: new Uint8Array(65_536) }
    // The version alone is narrower than its member may be, by one byte.
    expect(encodeChunk(widest).length).toBe(65_536 + chunkHeaderBytes - 1)
  })

  it('decode ∘ encode = identity, in at most its header’s bytes more than the ciphertexts', () => {
    fc.assert(
      fc.property(anyChunk, (chunk) => {
        const bytes = encodeChunk(chunk)
        expect(bytes.length).toBeLessThanOrEqual(chunk.ciphertexts.length + chunkHeaderBytes)
        expect(plain(decodeChunk(bytes))).toEqual(plain(chunk))
      }),
      runs(300),
    )
  })

  it('is CBOR: another implementation reads it, and is read', () => {
    const reader = new Decoder({ mapsAsObjects: true })
    fc.assert(
      fc.property(anyChunk, (chunk) => {
        const read = reader.decode(encodeChunk(chunk)) as Chunk & { v: number }
        expect(read.v).toBe(1)
        const { v: _, ...rest } = read
        expect(plain(rest)).toEqual(plain(chunk))
        expect(plain(decodeChunk(other.encode({ v: 1, ...chunk })))).toEqual(plain(chunk))
      }),
      runs(200),
    )
  })

  it('is read in any order of its members', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(Object.entries({ v: 1, ...sample }), { minLength: 7, maxLength: 7 }),
        (members) => {
          expect(plain(decodeChunk(other.encode(Object.fromEntries(members))))).toEqual(plain(sample))
        },
      ),
      runs(50),
    )
  })
})

describe('hostile bytes', () => {
  const bytes = encodeChunk(sample)
  /** Decodes or throws one of ours; anything else fails the test. */
  const settles = (hostile: Uint8Array): 'decoded' | string => {
    try {
      const chunk = decodeChunk(hostile)
      expect(Object.keys(chunk)).toEqual(['card', 'key', 'run', 'chunk', 'records', 'ciphertexts'])
      expect([chunk.card.length, chunk.key.length, chunk.run.length]).toEqual([32, 32, 16])
      return 'decoded'
    } catch (error) {
      if (!(error instanceof BlindscoreError)) throw error
      return error.code
    }
  }

  it('every truncation is refused', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(settles(bytes.subarray(0, length)), `${length} bytes`).toBe('request/syntax')
    }
  })

  it('every corruption of one byte is refused or another chunk, never anything else', () => {
    const seen = new Set<string>()
    for (let at = 0; at < bytes.length; at++) {
      for (let value = 0; value < 256; value++) {
        const hostile = bytes.slice()
        hostile[at] = value
        seen.add(settles(hostile))
      }
    }
    expect([...seen].sort()).toEqual(['decoded', 'request/syntax', 'run/out-of-date'])
  })

  it('any bytes settle', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (hostile) => {
        expect(settles(hostile)).toBe('request/syntax')
      }),
      runs(slow ? 5000 : 1000),
    )
  })

  it.each([
    ['a byte after its end', `${golden}00`],
    ['a member twice', golden.replace('656368756e6b190102', '617601')],
    ['an unknown member', golden.replace('656368756e6b', '656368756e6c')],
    ['__proto__ as a member', `a7${'695f5f70726f746f5f5f'}${golden.slice(2 + 4)}`],
    ['a member too many', `a8${golden.slice(2)}617800`],
    ['an indefinite map', `bf${golden.slice(2)}ff`],
    ['an indefinite byte string', golden.replace('44deadbeef', '5f44deadbeefff')],
    ['a 64-bit length', golden.replace('44deadbeef', '5b0000000000000004deadbeef')],
    ['a length of four gigabytes', golden.replace('44deadbeef', '5affffffffdeadbeef')],
    ['a tagged byte string', golden.replace('44deadbeef', 'd84044deadbeef')],
    ['a text for bytes', golden.replace('44deadbeef', '6474657374')],
    ['a float', golden.replace('190102', 'f90000')],
    ['a negative number', golden.replace('190102', '20')],
    ['a 64-bit number', golden.replace('190102', '1b0000000100000000')],
    ['a list', '87'],
    ['a card of 31 bytes', golden.replace(`5820${toHex(sample.card)}`, `581f${toHex(sample.card.subarray(1))}`)],
  ])('refuses %s', (_, hex) => {
    expect(settles(fromHex(hex))).toBe('request/syntax')
  })

  it('names another version', () => {
    expect(settles(fromHex(golden.replace('617601', '617602')))).toBe('run/out-of-date')
  })
})
