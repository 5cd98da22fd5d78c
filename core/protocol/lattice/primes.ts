import { modPow } from '../../number/integers.ts'

/**
 * The primes of the ring: ≡ 1 modulo 2^15, so that X^N + 1 splits into linear factors for N up to 16384, and below 2^49,
 * as the kernel's range proof needs them (kernel/lattice/README.md).
 */
export const mostPrimeBits = 49
const step = 2 ** 15

const found = new Map<number, readonly number[]>()

/** The `count` largest primes of so many bits, from the largest down. */
export function largestPrimes(bits: number, count: number): readonly number[] {
  const known = found.get(bits) ?? []
  const primes = [...known]
  const least = 2 ** (bits - 1)
  let candidate = primes.at(-1) ?? 2 ** bits + 1
  while (primes.length < count) {
    candidate -= step
    if (candidate <= least) throw new RangeError(`there are fewer than ${count} such primes of ${bits} bits`)
    if (isPrime(candidate)) primes.push(candidate)
  }
  found.set(bits, primes)
  return primes.slice(0, count)
}

/** Miller–Rabin to the bases that decide it below 3.8·10^18 (Jiang and Deng 2014). */
const bases = [2, 3, 5, 7, 11, 13, 17, 19, 23]

function isPrime(n: number): boolean {
  const small = bases.find((base) => n % base === 0)
  if (small !== undefined) return n === small
  let odd = n - 1
  let twos = 0
  while (odd % 2 === 0) {
    odd /= 2
    twos += 1
  }
  const modulus = BigInt(n)
  return bases.every((base) => {
    let x = modPow(BigInt(base), BigInt(odd), modulus)
    if (x === 1n || x === modulus - 1n) return true
    for (let i = 1; i < twos; i++) {
      x = (x * x) % modulus
      if (x === modulus - 1n) return true
    }
    return false
  })
}

/**
 * A primitive 2N-th root of unity modulo p: of the smallest g that is no square, g^((p−1)/2N).
 */
export function rootOf(p: number, degree: number): bigint {
  const modulus = BigInt(p)
  for (let g = 2n; ; g++) {
    if (modPow(g, (modulus - 1n) / 2n, modulus) !== modulus - 1n) continue
    return modPow(g, (modulus - 1n) / BigInt(2 * degree), modulus)
  }
}
