import { describe, expect, test } from 'vitest'
import { bitLength, productOf } from '../../number/integers.ts'
import {
  bitsOf,
  errorBound,
  hiddenRecords,
  hidingBits,
  leastBlanks,
  mostModulusBits,
  parametersFor,
  weightBitsOf,
} from '../../protocol/lattice/parameters.ts'
import { lattice } from '../../protocol/lattice/scheme.ts'
import { draws } from './support.ts'

describe('parameters', () => {
  test('are within the limits, by the primes themselves, for every width of slot and weights, or none', () => {
    let none = 0
    for (const degree of [8192, 16384] as const) {
      for (let slotBits = 2; slotBits <= 200; slotBits += slotBits < 60 ? 1 : 7) {
        for (const weightBits of [0, Math.floor(slotBits / 2), slotBits - 1].filter((bits) => bits < 64)) {
          const found = parametersFor(degree, slotBits, weightBits)
          if (found === null) {
            none++
            continue
          }
          const { kept, dropped, slots, floodBits } = found
          const primes = [...kept, ...dropped]
          expect(new Set(primes).size).toBe(primes.length)
          expect(primes.every((p) => p % (2 * degree) === 1 && p < 2 ** 49)).toBe(true)
          const logarithms = primes.reduce((sum, p) => sum + Math.log2(p), 0)
          expect(Math.abs(logarithms - bitsOf(primes))).toBeLessThan(1e-9)
          expect(logarithms).toBeLessThanOrEqual(mostModulusBits[degree])
          const [q, p] = [productOf(kept.map(BigInt)), productOf(dropped.map(BigInt))]
          // The message and its noise fit q; the flood and the errors fit P·2^13.
          expect(q > 2n ** BigInt(slotBits * slots + 16) + 2n ** 15n).toBe(true)
          expect(3n * 2n ** BigInt(floodBits) + errorBound(degree, weightBits) <= p * 2n ** 13n).toBe(true)
          // 1.6·√n·B_E/F is the distance of n answered coefficients, in total.
          const distance =
            Math.log2(1.6) +
            Math.log2(hiddenRecords / slots) / 2 +
            Math.log2(Number(errorBound(degree, weightBits))) -
            Math.log2(3) -
            floodBits
          expect(distance).toBeLessThanOrEqual(-hidingBits + 1e-9)
        }
      }
    }
    expect(none).toBeGreaterThan(0)
    expect(mostModulusBits).toEqual({ 8192: 187, 16384: 372 })
  })

  test('bound the weights by what the card says: an input that is always zero counts for nothing', () => {
    const of = (slotBits: number, ...maxima: number[]) =>
      weightBitsOf({ slotBits, inputs: maxima.map((max) => ({ max })) as never })
    expect(of(28, 0, 10, 10, 1)).toBe(27)
    expect(of(28, 1000, 1000)).toBe(27 - 9)
    expect(of(120, ...Array<number>(22).fill(1))).toBe(53 + 5)
    expect(of(20, 0, 0)).toBe(0)
    // Σ|W|·X < 2^(T−1) whatever the weights: so Σ|W| ≤ 2^R.
    const draw = draws(3)
    for (let i = 0; i < 300; i++) {
      const maxima = Array.from({ length: 1 + draw(30) }, () => 1 + draw(2 ** draw(20)))
      const weights = maxima.map(() => draw(2 ** 40))
      const sum = weights.reduce((total, weight, j) => total + BigInt(weight) * BigInt(maxima[j] as number), 0n)
      const all = weights.reduce((total, weight) => total + BigInt(weight), 0n)
      expect(all <= 2n ** BigInt(of(1 + bitLength(sum), ...maxima))).toBe(true)
    }
  })

  test('an id has one spelling, and names what it says or nothing', () => {
    const [set] = lattice.setsFor({ slotBits: 46, inputs: [{ max: 1 }] as never, heads: [{}] as never })
    expect(lattice.parameterSet(set?.id as string)).toEqual(set)
    for (const id of [
      '',
      'lattice',
      'lattice-8192-46',
      'lattice-8192-046-45',
      'lattice-8192-46-46',
      'lattice-4096-46-45',
      `${set?.id} `,
    ]) {
      expect(lattice.parameterSet(id)).toBeNull()
    }
  })
})

test('of a request at least forty coefficients are blank', () => {
  expect(leastBlanks).toBe(40)
})
