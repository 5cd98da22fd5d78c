import { bitLength, mod } from '../../core/number/integers.ts'
import { rational } from '../../core/number/rational.ts'
import { fail } from '../faults.ts'

/**
 * How python-paillier makes plaintexts of numbers: mantissa · 16^exponent, the mantissa modulo n, negative ones from above
 * and the middle third left out, so that an overflow is seen. The exponent is not encrypted.
 */

export interface EncodedNumber {
  /** In [0, n). */
  readonly plaintext: bigint
  readonly exponent: number
}

const bitsPerDigit = 4
const mantissaBits = 53

/**
 * What values are brought to, so that an exponent does not say how large a value is or how many digits it has: as the command
 * line of python-paillier does. Finer ones keep their own.
 */
export const usualExponent = -32

/** The largest mantissa in magnitude. */
export const largestMantissa = (n: bigint): bigint => n / 3n - 1n

/**
 * A whole number has the exponent 0; a double one that leaves all of its bits, though nothing of how many they are: the same
 * for every double between two powers of 16, and at most `highest`. Throws `phe/overflow` for a number that n has no room for.
 */
export function encodeNumber(value: number | bigint, n: bigint, highest = Number.POSITIVE_INFINITY): EncodedNumber {
  if (typeof value === 'number' && !Number.isFinite(value)) fail('phe/overflow', 'pheTooLarge')
  const { over, under } = typeof value === 'bigint' ? { over: value, under: 1n } : rational(value)
  const halvings = bitLength(under) - 1
  const own =
    typeof value === 'bigint'
      ? 0
      : Math.floor((bitLength(over < 0n ? -over : over) - halvings - mantissaBits) / bitsPerDigit)
  const exponent = Math.min(own, highest)
  const shift = BigInt(-bitsPerDigit * exponent - halvings)
  // A double's last bit is at or above 16^exponent, so nothing is lost to the right.
  const mantissa = shift >= 0n ? over << shift : over >> -shift
  if (magnitude(mantissa) > largestMantissa(n)) fail('phe/overflow', 'pheTooLarge')
  return { plaintext: mod(mantissa, n), exponent }
}

/**
 * The number of a plaintext: a whole one where the exponent is not negative, else the double nearest to it, as Python's own
 * division of integers gives it. Throws `phe/overflow` for what is in the middle third or beyond the doubles.
 */
export function decodeNumber({ plaintext, exponent }: EncodedNumber, n: bigint): number | bigint {
  const mantissa = 2n * plaintext > n ? plaintext - n : plaintext
  if (magnitude(mantissa) > largestMantissa(n)) fail('phe/overflow', 'pheOverflow')
  if (exponent >= 0) return mantissa << BigInt(bitsPerDigit * exponent)
  const double = nearestDouble(mantissa, bitsPerDigit * exponent)
  if (!Number.isFinite(double)) fail('phe/overflow', 'pheOverflow')
  return double
}

/** The exponents of the first and the last bit that a double can have. */
const lastBit = -1074

/** The double nearest to mantissa · 2^exponent, of two as near the even one; infinite where none is. */
export function nearestDouble(mantissa: bigint, exponent: number): number {
  const size = magnitude(mantissa)
  if (size === 0n) return 0
  const last = Math.max(bitLength(size) + exponent - mantissaBits, lastBit)
  const drop = BigInt(last - exponent)
  const kept = drop > 0n ? halfEven(size, drop) : size << -drop
  // Both factors and their product are doubles, so nothing is rounded a second time.
  const double = last > 1023 ? Number.POSITIVE_INFINITY : Number(kept) * 2 ** last
  return mantissa < 0n ? -double : double
}

/** value / 2^bits, rounded to the nearest, halves to the even. */
function halfEven(value: bigint, bits: bigint): bigint {
  const floor = value >> bits
  const rest = value - (floor << bits)
  const half = 1n << (bits - 1n)
  return rest > half || (rest === half && floor % 2n === 1n) ? floor + 1n : floor
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)
