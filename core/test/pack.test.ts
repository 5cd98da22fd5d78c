import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBytes, toBytes } from '../number/bytes.ts'
import { pack, packInto, unpack } from '../protocol/pack.ts'
import { keySizes, slotsPerCiphertext } from '../protocol/paillier/layout.ts'
import { runs } from './dial.ts'
import { fraction, seededRandom } from './sources.ts'

const random = seededRandom('pack')
const limitOf = (slotBits: number): number => 2 ** Math.min(slotBits, 53)
const anyValue = (slotBits: number): number => {
  const limit = limitOf(slotBits)
  const high = Math.floor(fraction(random) * Math.max(1, limit / 2 ** 32)) * 2 ** 32
  return fraction(random) < 0.2 ? limit - 1 : (high + Math.floor(fraction(random) * 2 ** 32)) % limit
}

/** Σ_r x_r · 2^(T·r), the definition. */
const definition = (values: ArrayLike<number>, slotBits: number): bigint =>
  Array.from(values).reduceRight((sum, value) => (sum << BigInt(slotBits)) + BigInt(value), 0n)

/** A plaintext of `count` slots with any content in [0, 2^T), not only what `pack` can place. */
const slotsOf = (contents: readonly bigint[], slotBits: number, length: number): Uint8Array =>
  toBytes(
    contents.reduceRight((sum, value) => (sum << BigInt(slotBits)) + value, 0n),
    length,
  )

const widths = Array.from({ length: 199 }, (_, i) => i + 2)

describe.each(keySizes)('at %d bits', (bits) => {
  it('pack is Σ x_r · 2^(T·r), and unpack its inverse, for every T from 2 to 200', () => {
    for (const slotBits of widths) {
      const slots = slotsPerCiphertext(slotBits, bits)
      const values = Float64Array.from({ length: slots }, () => anyValue(slotBits))
      const plaintext = pack(values, slotBits, bits / 8)
      expect(fromBytes(plaintext), `T = ${slotBits}`).toBe(definition(values, slotBits))
      const { high, low, clean } = unpack(plaintext, slotBits, slots, slots)
      expect(clean).toBe(true)
      expect(Array.from(low, (l, r) => (high[r] as number) * 2 ** 32 + l)).toEqual([...values])
    }
  })

  it('unpack gives both halves of any slot, exactly up to 85 bits, for every T from 2 to 200', () => {
    for (const slotBits of widths) {
      const slots = slotsPerCiphertext(slotBits, bits)
      const contents = Array.from({ length: slots }, (_, r) =>
        r % 5 === 0 ? (1n << BigInt(slotBits)) - 1n : fromBytes(random(25)) % (1n << BigInt(slotBits)),
      )
      const { high, low } = unpack(slotsOf(contents, slotBits, bits / 8), slotBits, slots, slots)
      expect([...low]).toEqual(contents.map((content) => Number(content & 0xffff_ffffn)))
      const exact = contents.map((content) => Number(content >> 32n))
      if (slotBits <= 85) expect([...high]).toEqual(exact)
      else expect(exact.every((h, r) => Math.abs((high[r] as number) - h) <= h * 2 ** -50)).toBe(true)
    }
  })

  it('is not clean when any bit above the last slot is set', () => {
    for (const slotBits of [2, 31, 32, 33, 42, 44, 64, 100, 200]) {
      const slots = slotsPerCiphertext(slotBits, bits)
      const full = (1n << BigInt(slots * slotBits)) - 1n
      expect(unpack(toBytes(full, bits / 8), slotBits, slots, 1).clean).toBe(true)
      const above = Array.from({ length: bits - slots * slotBits }, (_, i) => 1n << BigInt(slots * slotBits + i))
      expect(above.some((bit) => unpack(toBytes(full | bit, bits / 8), slotBits, slots, 1).clean)).toBe(false)
    }
  })

  it('leaves the top bit free: every packed plaintext is below 2^(L − 1), so below n', () => {
    for (const slotBits of widths) {
      const slots = slotsPerCiphertext(slotBits, bits)
      expect(slots * slotBits).toBeLessThanOrEqual(bits - 1)
      expect((slots + 1) * slotBits).toBeGreaterThan(bits - 1)
    }
  })
})

describe('packing', () => {
  it('no value reaches its neighbour: changing one slot changes no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.nat(), fc.boolean(), (slotBits, seed, most) => {
        const slots = slotsPerCiphertext(slotBits, 2048)
        const values = new Float64Array(slots).fill(most ? limitOf(slotBits) - 1 : 0)
        const changed = seed % slots
        values[changed] = anyValue(slotBits)
        const { high, low } = unpack(pack(values, slotBits, 256), slotBits, slots, slots)
        expect(Array.from(low, (l, r) => (high[r] as number) * 2 ** 32 + l)).toEqual([...values])
      }),
      runs(200),
    )
  })

  it('sums slot by slot: the sum of plaintexts is the plaintext of the sums while they fit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 60 }), (slotBits) => {
        const slots = slotsPerCiphertext(slotBits, 2048)
        const half = (): Float64Array => Float64Array.from({ length: slots }, () => Math.floor(anyValue(slotBits) / 2))
        const [a, b] = [half(), half()]
        const sum = fromBytes(pack(a, slotBits, 256)) + fromBytes(pack(b, slotBits, 256))
        expect(sum).toBe(definition(a, slotBits) + definition(b, slotBits))
        const { high, low } = unpack(toBytes(sum, 256), slotBits, slots, slots)
        expect(Array.from(low, (l, r) => BigInt(high[r] as number) * 2n ** 32n + BigInt(l))).toEqual(
          Array.from(a, (value, r) => BigInt(value) + BigInt(b[r] as number)),
        )
      }),
      runs(100),
    )
  })

  it('refuses more slots than the bytes have bits for', () => {
    const refused = expect.objectContaining({ code: 'internal' })
    expect(() => packInto(new Float64Array(49), 42, new Uint8Array(256))).toThrow(refused)
    expect(() => pack(new Float64Array(2), 9, 2)).toThrow(refused)
  })
})
