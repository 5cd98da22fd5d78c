import { fromBytes, toBytes } from '../core/number/bytes.ts'
import type { WeightedProduct } from '../core/protocol/paillier/arithmetic.ts'

/**
 * {@link WeightedProduct} by BigInt, for where no kernel runs. Weights go by digits of 8 bits; ciphertexts with the same digit are multiplied together first, and each digit's
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

export const productByIntegers: WeightedProduct = (n, ciphertexts, weights, onDone = () => {}) => {
  const modulus = fromBytes(n) ** 2n
  const width = 2 * n.length
  const factors = { ciphertexts, width }
  const rows = bucketsOf(factors, weights, modulus, onDone)
  let product = 1n
  for (const buckets of rows.reverse()) {
    for (let i = 0; i < digitBits; i++) product = (product * product) % modulus
    product = (product * runningProduct(buckets, modulus)) % modulus
  }
  return toBytes(product, width)
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
