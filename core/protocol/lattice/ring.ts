import { inverse, mod, modPow } from '../../number/integers.ts'
import { widthOf } from './parameters.ts'
import { rootOf } from './primes.ts'

/**
 * The ring Z_p[X]/(X^N + 1), plainly: the reference of the kernel's arithmetic. A polynomial is its coefficients from X^0 on,
 * each in [0, p), or, transformed, its values at the roots of X^N + 1.
 */

/**
 * The coefficients from the values, in the order of the recursion: modulo X^m − ψ^k a polynomial is given by its rests
 * modulo X^(m/2) − ψ^(k/2) and, after that, modulo X^(m/2) + ψ^(k/2) = X^(m/2) − ψ^(k/2 + N); one begins with X^N − ψ^N.
 */
export function fromValues(values: readonly bigint[], prime: number): bigint[] {
  const p = BigInt(prime)
  const degree = values.length
  const root = rootOf(prime, degree)
  const half = inverse(2n, p) as bigint
  const join = (from: number, size: number, exponent: number): bigint[] => {
    if (size === 1) return [values[from] as bigint]
    const left = join(from, size / 2, exponent / 2)
    const right = join(from + size / 2, size / 2, exponent / 2 + degree)
    const turn = (half * modPow(root, BigInt(2 * degree - exponent / 2), p)) % p
    return [
      ...left.map((a, i) => ((a + (right[i] as bigint)) * half) % p),
      ...left.map((a, i) => mod((a - (right[i] as bigint)) * turn, p)),
    ]
  }
  return join(0, degree, degree)
}

/** The values from the coefficients: the inverse of {@link fromValues}. */
export function toValues(coefficients: readonly bigint[], prime: number): bigint[] {
  const p = BigInt(prime)
  const degree = coefficients.length
  const root = rootOf(prime, degree)
  const split = (rest: readonly bigint[], exponent: number): bigint[] => {
    if (rest.length === 1) return [rest[0] as bigint]
    const turn = modPow(root, BigInt(exponent / 2), p)
    const half = rest.length / 2
    const upper = rest.slice(half).map((b) => (b * turn) % p)
    return [
      ...split(
        rest.slice(0, half).map((a, i) => (a + (upper[i] as bigint)) % p),
        exponent / 2,
      ),
      ...split(
        rest.slice(0, half).map((a, i) => mod(a - (upper[i] as bigint), p)),
        exponent / 2 + degree,
      ),
    ]
  }
  return split(coefficients, degree)
}

/**
 * The product of a polynomial with one of small coefficients, |y_i| < 2^16, by Kronecker's substitution: both become one
 * integer each, with room for a coefficient of the product in every field, and integers are multiplied by the platform.
 */
export function multiply(x: readonly bigint[], small: readonly bigint[], prime: number): bigint[] {
  const p = BigInt(prime)
  const degree = x.length
  const shift = 1n << 16n
  // Fields of whole bytes, for the digits of a text: a coefficient is below degree · p · 2^17.
  const digits = Math.ceil((widthOf(prime) + 17 + (31 - Math.clz32(degree)) + 1) / 4)
  const whole = (values: readonly bigint[]): bigint =>
    BigInt(
      `0x${values
        .map((value) => value.toString(16).padStart(digits, '0'))
        .reverse()
        .join('')}`,
    )
  const product = whole(x) * whole(small.map((value) => value + shift))
  const text = product.toString(16).padStart(2 * degree * digits, '0')
  const fields = Array.from({ length: 2 * degree }, (_, i) => {
    const end = text.length - i * digits
    return BigInt(`0x${text.slice(end - digits, end)}`)
  })
  // x·(y + 2^16·(1 + X + …)) less x·2^16·(1 + X + …), modulo X^N + 1.
  let sum = x.reduce((total, value) => total - value, 0n)
  return x.map((value, i) => {
    sum += 2n * value
    const shifted = (fields[i] as bigint) - (fields[i + degree] as bigint)
    return mod(shifted - shift * sum, p)
  })
}

/** Fields of a prime's own width from the least significant bit on, in as few bytes; the count is a multiple of 8. */
export function packFields(values: readonly bigint[], prime: number): Uint8Array<ArrayBuffer> {
  const width = BigInt(widthOf(prime))
  const bytes = new Uint8Array((values.length * Number(width)) / 8)
  for (let i = 0, at = 0; i < values.length; i += 8) {
    let group = 0n
    for (let k = 7; k >= 0; k--) group = (group << width) | (values[i + k] as bigint)
    for (let k = 0n; k < width; k++, at++) bytes[at] = Number((group >> (8n * k)) & 255n)
  }
  return bytes
}

/** The inverse of {@link packFields}. Fields may be as large as their width lets them: see who reads them. */
export function unpackFields(bytes: Uint8Array, prime: number): bigint[] {
  const width = widthOf(prime)
  const mask = (1n << BigInt(width)) - 1n
  const values: bigint[] = []
  for (let at = 0; at < bytes.length; at += width) {
    let group = 0n
    for (let k = width - 1; k >= 0; k--) group = (group << 8n) | BigInt(bytes[at + k] as number)
    for (let k = 0; k < 8; k++, group >>= BigInt(width)) values.push(group & mask)
  }
  return values
}
