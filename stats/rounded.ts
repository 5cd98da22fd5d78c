import { type DoubleDouble, scale } from '../core/number/doubleDouble.ts'
import { bitLength } from '../core/number/integers.ts'

/** Exact integers as doubles. */

/** over/under as a double, within 2^-63 of it before it is rounded; 0 for 0/0. `under` is not negative. */
export function rounded(over: bigint, under: bigint): number {
  if (over === 0n || under === 0n) return 0
  const size = over < 0n ? -over : over
  const shift = 66 - bitLength(size) + bitLength(under)
  const quotient = shift >= 0 ? (size << BigInt(shift)) / under : size / (under << BigInt(-shift))
  const value = Number(quotient) * 2 ** -shift
  return over < 0n ? -value : value
}

/** An integer to 106 bits. */
export function inTwoDoubles(value: bigint): DoubleDouble {
  const high = Number(value)
  return [high, Number(value - BigInt(high))]
}

/** over/under to 106 bits; 0 for 0/0. `under` is not negative. */
export function ratioInTwo(over: bigint, under: bigint): DoubleDouble {
  if (over === 0n || under === 0n) return [0, 0]
  const shift = 120 - bitLength(over < 0n ? -over : over) + bitLength(under)
  const quotient = shift >= 0 ? (over << BigInt(shift)) / under : over / (under << BigInt(-shift))
  return scale(inTwoDoubles(quotient), 2 ** -shift)
}
