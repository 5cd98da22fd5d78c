import { checkPrimeSync, generatePrimeSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { primesBelow } from '../number/integers.ts'
import { isPrime } from '../private/paillier/prime.ts'
import { secureRandom } from './sources.ts'
import { iso } from './vectors.ts'

const prime = (length: number): bigint => generatePrimeSync(length, { bigint: true })

describe('whether a number is a prime', () => {
  it('is known for every small odd number', () => {
    const primes = new Set(primesBelow(5000))
    const odd = Array.from({ length: 2497 }, (_, i) => 2 * i + 5)
    expect(odd.filter((n) => isPrime(BigInt(n), secureRandom))).toEqual(odd.filter((n) => primes.has(n)))
  })

  it('agrees with OpenSSL on large odd numbers, most of them composite', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 120n, max: 2n ** 128n }), (n) => {
        expect(isPrime(n | 1n, secureRandom)).toBe(checkPrimeSync(n | 1n))
      }),
      { numRuns: 400 },
    )
  })

  it('is so for primes of a key’s size, and not for what looks like one', () => {
    for (const p of [iso.p, iso.q, prime(1024), prime(1536)]) expect(isPrime(p, secureRandom)).toBe(true)
    const [a, b] = [prime(512), prime(512)]
    expect(isPrime(a * b, secureRandom)).toBe(false)
    expect(isPrime(a * a, secureRandom)).toBe(false)
  })

  it('is not fooled by Carmichael numbers and strong pseudoprimes to small bases', () => {
    // 3215031751 passes for 2, 3, 5 and 7; Arnault's numbers of 1995 and the like are of this family.
    for (const n of [561n, 1729n, 41041n, 825265n, 321197185n, 3215031751n, 3317044064679887385961981n]) {
      expect(isPrime(n, secureRandom)).toBe(false)
    }
  })
})
