import { PublicKey } from 'paillier-bigint'
import { unforeseen } from '../../errors.ts'
import { fail } from '../../faults.ts'
import { fromBytes, toBytes } from '../../number/bytes.ts'
import { gcd, inverse, mod, modPow } from '../../number/integers.ts'
import { uniformBelow } from '../../number/random.ts'
import type { Arithmetic, PublicArithmetic, ScoreTask } from './arithmetic.ts'

/**
 * The BigInt reference, public half: slow and obvious. It is the specification of the kernel, and what runs where the
 * kernel cannot. Ciphertexts are those of `paillier-bigint` with g = n + 1.
 */
export const reference: Arithmetic = {
  engine: 'reference',
  hasMaskTables: false,
  publicKey: (n) => new PublicReference(fromBytes(n), 8 * n.length),
  powers(n, bases, exponent) {
    const modulus = fromBytes(n)
    return batch(
      items(bases, n.length).map((base) => modPow(base, fromBytes(exponent), modulus)),
      n.length,
    )
  },
}

class PublicReference implements PublicArithmetic {
  readonly bits: number
  readonly #n: bigint
  readonly #key: PublicKey
  readonly #width: number

  constructor(n: bigint, bits: number) {
    this.bits = bits
    this.#n = n
    this.#key = new PublicKey(n, n + 1n)
    this.#width = bits / 4
  }

  firstInvalid(ciphertexts: Uint8Array): number {
    return items(ciphertexts, this.#width).findIndex((c) => c === 0n || c >= this.#key._n2 || gcd(c, this.#n) !== 1n)
  }

  masks(count: number, random: (count: number) => Uint8Array): Uint8Array<ArrayBuffer> {
    const residues = Array.from({ length: count }, () => modPow(uniformBelow(this.#n, random), this.#n, this.#key._n2))
    return batch(residues, this.#width)
  }

  /** Nothing to prepare: the reference makes every mask by exponentiation. */
  prepareMasks(): boolean {
    return true
  }

  useMaskMemory(): void {}

  score({ ciphertexts, blocks, weights, offsets, masks }: ScoreTask): Uint8Array<ArrayBuffer> {
    const all = items(ciphertexts, this.#width)
    const inputs = all.length / blocks
    const residues = items(masks, this.#width)
    if (residues.length !== blocks * weights.length) unforeseen('other than one mask per block and head')
    const n2 = this.#key._n2
    const answers = Array.from({ length: blocks }, (_, b) => {
      const block = all.slice(b * inputs, (b + 1) * inputs)
      return weights.map((head, h) => {
        const offset = 1n + fromBytes(offsets[h] as Uint8Array) * this.#n
        const mask = residues[b * weights.length + h] as bigint
        return this.#key.addition(weightedProduct(block, head, n2), mod(offset, n2), mask)
      })
    })
    return batch(answers.flat(), this.#width)
  }
}

/**
 * ∏ c_j^{W_j} mod m: one chain of squarings for all inputs. Negative weights collect in a second product, so that
 * one inversion serves them all.
 */
function weightedProduct(ciphertexts: readonly bigint[], weights: Float64Array, m: bigint): bigint {
  const magnitudes = Array.from(weights, (w) => Math.abs(w))
  const top = Math.max(...magnitudes)
  let positive = 1n
  let negative = 1n
  for (let bit = top.toString(2).length - 1; bit >= 0; bit--) {
    positive = (positive * positive) % m
    negative = (negative * negative) % m
    const unit = 2 ** bit
    magnitudes.forEach((magnitude, j) => {
      if (Math.floor(magnitude / unit) % 2 === 0) return
      if ((weights[j] as number) > 0) positive = (positive * (ciphertexts[j] as bigint)) % m
      else negative = (negative * (ciphertexts[j] as bigint)) % m
    })
  }
  if (negative === 1n) return positive
  const inverted = inverse(negative, m) ?? fail('request/ciphertext', 'ciphertextNotInvertible')
  return (positive * inverted) % m
}

/** The integers of a batch of fixed-width items. Throws `internal` when it is not a whole number of them. */
export function items(bytes: Uint8Array, width: number): bigint[] {
  if (bytes.length % width !== 0) unforeseen('a batch of broken items')
  return Array.from({ length: bytes.length / width }, (_, i) => fromBytes(bytes.subarray(i * width, (i + 1) * width)))
}

/** The inverse of {@link items}. */
export function batch(values: readonly bigint[], width: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * width)
  values.forEach((value, i) => {
    bytes.set(toBytes(value, width), i * width)
  })
  return bytes
}
