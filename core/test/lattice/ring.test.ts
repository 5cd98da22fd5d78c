import { describe, expect, test } from 'vitest'
import { mod } from '../../number/integers.ts'
import { largestPrimes } from '../../protocol/lattice/primes.ts'
import { fromValues, multiply, packFields, toValues, unpackFields } from '../../protocol/lattice/ring.ts'
import { uniform } from '../../protocol/lattice/sample.ts'
import { Stream } from '../../protocol/lattice/stream.ts'

/** The ring of the reference, against the definition of its product. */

const parameters = { degree: 64, slotBits: 20, weightBits: 10 }
const draw = (prime: number, count: number, purpose: 1 | 2) =>
  uniform(new Stream(new Uint8Array(32).fill(purpose), parameters, purpose), prime, count)

/** X^N = −1, term by term. */
function schoolbook(x: readonly bigint[], y: readonly bigint[], p: bigint): bigint[] {
  const z = Array<bigint>(x.length).fill(0n)
  x.forEach((a, i) => {
    y.forEach((b, j) => {
      const at = (i + j) % x.length
      z[at] = (z[at] as bigint) + (i + j < x.length ? a * b : -a * b)
    })
  })
  return z.map((value) => mod(value, p))
}

describe.each([30, 38, 49])('modulo a prime of %i bits', (bits) => {
  const [prime] = largestPrimes(bits, 1) as [number]
  const p = BigInt(prime)
  const x = draw(prime, 64, 1)
  const y = draw(prime, 64, 2)
  const small = y.map((value) => (value % 1000n) - 500n)

  test('coefficients come back from their values, and values multiply as polynomials do', () => {
    expect(fromValues(toValues(x, prime), prime)).toEqual(x)
    const values = toValues(x, prime).map((value, i) => (value * (toValues(y, prime)[i] as bigint)) % p)
    expect(fromValues(values, prime)).toEqual(schoolbook(x, y, p))
  })

  test('a product with small coefficients, by one product of integers, is the same', () => {
    expect(multiply(x, small, prime)).toEqual(schoolbook(x, small, p))
    const extremes = small.map((_, i) => (i % 2 === 0 ? 65535n : -65535n))
    expect(multiply(x, extremes, prime)).toEqual(schoolbook(x, extremes, p))
  })

  test('fields hold residues in as many bits as the prime has', () => {
    const bytes = packFields(x, prime)
    expect(bytes.length).toBe((64 * bits) / 8)
    expect(unpackFields(bytes, prime)).toEqual(x)
    expect(unpackFields(packFields(Array(8).fill(p - 1n), prime), prime)).toEqual(Array(8).fill(p - 1n))
  })
})
