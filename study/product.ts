import { fromBytes } from '../core/number/bytes.ts'

/**
 * ∏ c_i^{w_i} of many ciphertexts with weights that are used once: what multiplies their plaintexts by outcomes and adds
 * them up. Weights go by digits of 8 bits; ciphertexts with the same digit are multiplied together first, and each digit's
 * product is raised by running products (the buckets of Pippenger, 1976). A weight costs a multiplication for each digit, and
 * one of 0 nothing.
 */
const digitBits = 8
const digits = 2 ** digitBits

/** As many as weights, `width` bytes each. */
interface Factors {
  readonly ciphertexts: Uint8Array
  readonly width: number
}

/** How many ciphertexts are multiplied between two words on how far it has come. */
const together = 512

/** Weights are integers in [0, 2^53). `onDone` hears which part is multiplied, from 0 to 1. */
export function weightedProduct(
  factors: Factors,
  weights: Float64Array,
  modulus: bigint,
  onDone: (part: number) => void = () => {},
): bigint {
  const rows = bucketsOf(factors, weights, modulus, onDone)
  let product = 1n
  for (const buckets of rows.reverse()) {
    for (let i = 0; i < digitBits; i++) product = (product * product) % modulus
    product = (product * runningProduct(buckets, modulus)) % modulus
  }
  return product
}

/** Per digit of the weights, from the least significant on, the products of the ciphertexts by its value. */
function bucketsOf(
  { ciphertexts, width }: Factors,
  weights: Float64Array,
  modulus: bigint,
  onDone: (part: number) => void,
): bigint[][] {
  const rows: bigint[][] = []
  for (const [i, weight] of weights.entries()) {
    if (i % together === 0) onDone(i / weights.length)
    if (weight === 0) continue
    const ciphertext = fromBytes(ciphertexts.subarray(i * width, (i + 1) * width))
    for (let d = 0, rest = weight; rest > 0; d++, rest = Math.floor(rest / digits)) {
      rows[d] ??= new Array<bigint>(digits).fill(1n)
      const row = rows[d] as bigint[]
      const value = rest % digits
      if (value > 0) row[value] = ((row[value] as bigint) * ciphertext) % modulus
    }
  }
  return rows
}

/** ∏ b_v^v. */
function runningProduct(buckets: readonly bigint[], modulus: bigint): bigint {
  let above = 1n
  let product = 1n
  for (let v = digits - 1; v > 0; v--) {
    above = (above * (buckets[v] as bigint)) % modulus
    product = (product * above) % modulus
  }
  return product
}
