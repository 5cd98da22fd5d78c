import { modPow } from '../../number/integers.ts'
import { type RandomBytes, uniformBelow } from '../../number/random.ts'

/**
 * Rounds of Miller and Rabin. Each lets a composite pass with probability at most 1/4, whatever composite it is,
 * because the bases are drawn only when the question is asked: 2^−64 for all of them.
 */
const rounds = 32

/** Whether an odd integer above 3 is a prime, but for a chance of 2^−64. A composite mostly falls in the first round. */
export function isPrime(candidate: bigint, random: RandomBytes): boolean {
  if (candidate <= 3n || candidate % 2n === 0n) return false
  let odd = candidate - 1n
  let twos = 0
  for (; odd % 2n === 0n; odd /= 2n) twos += 1
  for (let round = 0; round < rounds; round++) {
    if (!passes(uniformBelow(candidate, random), candidate, odd, twos)) return false
  }
  return true
}

/** One round: base^odd is 1, or one of its first `twos` squares is −1. */
function passes(base: bigint, candidate: bigint, odd: bigint, twos: number): boolean {
  let power = modPow(base, odd, candidate)
  if (power === 1n || power === candidate - 1n) return true
  for (let i = 1; i < twos; i++) {
    power = (power * power) % candidate
    if (power === candidate - 1n) return true
  }
  return false
}
