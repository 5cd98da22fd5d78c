import { fromHex } from '../core/number/bytes.ts'
import { packInto } from '../core/protocol/pack.ts'

/** What all participants work on: one key, one model, the same records. Plain data, so that it can go to a browser. */
export interface Material {
  readonly keyBits: number
  /** The primes, in hexadecimal. The key is made for one run of the benchmark and is worth nothing. */
  readonly p: string
  readonly q: string
  readonly model: string
  readonly slotBits: number
  readonly scaleBits: number
  readonly tolerance: number
  /** W_j, one per input; C and the plaintext that the server adds, the latter in hexadecimal. */
  readonly weights: readonly number[]
  readonly constant: string
  readonly offset: string
  /** X_j, the largest value of each input. */
  readonly limits: readonly number[]
  /** Records × inputs, record by record. */
  readonly integers: readonly number[]
}

export const inputsOf = (material: Material): number => material.weights.length
export const recordsOf = (material: Material): number => material.integers.length / material.weights.length

/** K: the records of one block. */
export const slotsOf = ({ keyBits, slotBits }: Material): number => Math.floor((keyBits - 1) / slotBits)

export function primesOf({ p, q }: Material): readonly [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>] {
  return [fromHex(p), fromHex(q)]
}

/** The plaintexts of whole blocks, block by block and one per input, L/8 bytes each. */
export function plaintextsOf(material: Material, blocks: number): Uint8Array<ArrayBuffer> {
  const inputs = inputsOf(material)
  const slots = slotsOf(material)
  const width = material.keyBits / 8
  const plaintexts = new Uint8Array(blocks * inputs * width)
  for (let b = 0; b < blocks; b++) {
    for (let j = 0; j < inputs; j++) {
      const values = Float64Array.from({ length: slots }, (_, r) => valueAt(material, b * slots + r, j))
      packInto(values, material.slotBits, plaintexts.subarray((b * inputs + j) * width, (b * inputs + j + 1) * width))
    }
  }
  return plaintexts
}

/** x_j of a record; the records repeat when there are not enough. */
export function valueAt(material: Material, record: number, input: number): number {
  return material.integers[(record % recordsOf(material)) * inputsOf(material) + input] as number
}

/** S·η = C + Σ W_j·x_j of a record, exactly. */
export function integerPredictor(material: Material, record: number): bigint {
  let sum = BigInt(material.constant)
  material.weights.forEach((weight, j) => {
    sum += BigInt(weight) * BigInt(valueAt(material, record, j))
  })
  return sum
}

/** Secure random bytes in any amount: the platform gives 64 KiB at once. */
export function random(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count)
  for (let at = 0; at < count; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536))
  return bytes
}
