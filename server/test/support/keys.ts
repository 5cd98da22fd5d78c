import { checkPrimeSync, generatePrimeSync, randomInt } from 'node:crypto'
import { bitLength, primesBelow } from '../../../core/number/integers.ts'
import { makePrivateKey, type PrivateKey } from '../../../core/private/paillier/privateKey.ts'

/** Keys as an adversary would make them. */

const factors = primesBelow(65_536).filter((prime) => prime > 32_768)

/** A 1024-bit prime p for which p − 1 is 2, the `orders` and primes of 16 bits, and nothing else. */
function smoothPrime(orders: readonly number[]): bigint {
  for (;;) {
    let product = orders.reduce((each, order) => each * BigInt(order), 2n)
    while (bitLength(product) < 1024 - 16) product *= BigInt(factors[randomInt(factors.length)] as number)
    // The last factor is tried until the sum is a prime of the right size.
    for (let tries = 0; tries < 200; tries++) {
      const candidate = product * BigInt(factors[randomInt(factors.length)] as number) + 1n
      if (bitLength(candidate) === 1024 && candidate >> 1022n === 3n && checkPrimeSync(candidate)) return candidate
    }
  }
}

/** A 2048-bit key in which every discrete logarithm is easy. It passes every check: its proof is honest. */
export function smoothKey(orders: readonly number[]): PrivateKey {
  for (;;) {
    try {
      return makePrivateKey(smoothPrime(orders), smoothPrime(orders), 2048)
    } catch {
      // The primes shared a factor with each other's order: draw others.
    }
  }
}

/** A prime of exactly `bits` bits, its two highest set. */
export function primeOf(bits: number): bigint {
  const top = 3n << BigInt(bits - 2)
  for (;;) {
    const prime = generatePrimeSync(bits, { bigint: true })
    if (prime >= top) return prime
  }
}

/** Primes p and q = k·p + 1 whose product has exactly 2048 bits: gcd(n, φ(n)) = p. */
export function relatedPrimes(): { p: bigint; q: bigint } {
  for (;;) {
    const p = primeOf(1000)
    for (let k = (3n << 2046n) / p / p / 2n; ; k++) {
      const q = 2n * k * p + 1n
      if (bitLength(p * q) > 2048) break
      if (bitLength(p * q) === 2048 && checkPrimeSync(q)) return { p, q }
    }
  }
}
