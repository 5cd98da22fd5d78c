import { fromBytes } from './bytes.ts'

/**
 * A source of cryptographically secure random bytes: `count` fresh bytes per call.
 * It is always passed in, so that everything below it is deterministic and can be tested.
 */
export type RandomBytes = (count: number) => Uint8Array

/**
 * A uniform integer in [1, limit), by rejection: no modular bias.
 * Each draw succeeds with probability above one half.
 */
export function uniformBelow(limit: bigint, random: RandomBytes): bigint {
  const bits = limit.toString(2).length
  const spare = BigInt((8 - (bits % 8)) % 8)
  for (;;) {
    const value = fromBytes(random(Math.ceil(bits / 8))) >> spare
    if (value > 0n && value < limit) return value
  }
}
