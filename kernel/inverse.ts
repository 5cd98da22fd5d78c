import { fail } from '../core/faults.ts'
import { fromBytes, toBytes } from '../core/number/bytes.ts'
import type { Region } from './region.ts'

/** One inversion or one gcd per batch is left to BigInt: a few milliseconds however large the batch. */

export function gcd(a: bigint, b: bigint): bigint {
  while (b > 0n) [a, b] = [b, a % b]
  return a
}

/** The inverse of a modulo m in [1, m), or null. */
export function invert(a: bigint, m: bigint): bigint | null {
  let [r0, r1, t0, t1] = [m, a % m, 0n, 1n]
  while (r1 > 0n) {
    const q = r0 / r1
    ;[r0, r1, t0, t1] = [r1, r0 - q * r1, t1, t0 - q * t1]
  }
  if (r0 !== 1n) return null
  return t0 < 0n ? t0 + m : t0
}

/** Replaces `count` lifted numbers from x on by their inverses. Throws `request/ciphertext` when one is not a unit. */
export function invertAll(
  region: Region,
  work: number,
  size: number,
  x: number,
  count: number,
  width: number,
  invert: (value: bigint) => bigint | null,
): void {
  const { functions } = region
  const products = region.take(count * size)
  const number = region.take(width)
  const length = width / 2
  functions.beginInversion(x, products, count, number, length, work)
  const inverse = invert(fromBytes(region.view(number, length)))
  if (inverse === null) fail('request/ciphertext', 'ciphertextNotInvertible')
  region.write(number, toBytes(inverse, length))
  functions.endInversion(x, products, count, number, length, work)
}
