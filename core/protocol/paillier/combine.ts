import { toBytes } from '../../number/bytes.ts'
import { bitLength } from '../../number/integers.ts'
import type { CombineTask } from '../scheme.ts'
import type { PublicArithmetic } from './arithmetic.ts'

/**
 * ∏ c_j^{W_j} for weights of any size, by an engine's scoring, whose weights have 53 bits: digits of 48 bits from the first to
 * the last, and what was computed so far is one more ciphertext, of weight 2^48.
 */
const digitBits = 48
const radix = 2 ** digitBits

/** Per record and head a ciphertext, masked; see `ScoringKey.combine`. */
export function combine(arithmetic: PublicArithmetic, task: CombineTask): Uint8Array<ArrayBuffer> {
  const { weights, records } = task
  const width = arithmetic.bits / 4
  const answers = new Uint8Array(records * weights.length * width)
  weights.forEach((_, h) => {
    const ofHead = combineHead(arithmetic, task, h)
    for (let r = 0; r < records; r++) {
      answers.set(ofHead.subarray(r * width, (r + 1) * width), (r * weights.length + h) * width)
    }
  })
  return answers
}

function combineHead(
  arithmetic: PublicArithmetic,
  { ciphertexts, records, weights, offsets, items }: CombineTask,
  h: number,
): Uint8Array<ArrayBuffer> {
  const width = arithmetic.bits / 4
  const digits = digitsOf(weights[h] as readonly bigint[])
  const nothing = toBytes(0n, width / 2)
  const unmasked = repeated(toBytes(1n, width), records)
  const masks = gathered(items, records, weights.length, h, width)
  let running: Uint8Array<ArrayBuffer> | null = null
  for (const [i, row] of digits.entries()) {
    const last = i === digits.length - 1
    const before: Uint8Array<ArrayBuffer> | null = running
    running = arithmetic.score({
      ciphertexts: before === null ? ciphertexts : interleaved(before, ciphertexts, records, width),
      blocks: records,
      weights: [Float64Array.from(before === null ? row : [radix, ...row])],
      offsets: [last ? (offsets[h] as Uint8Array) : nothing],
      masks: last ? masks : unmasked,
    })
  }
  return running as Uint8Array<ArrayBuffer>
}

/** The digits of all weights, the highest first; a negative weight has negative ones. One row at least. */
function digitsOf(weights: readonly bigint[]): number[][] {
  const sizes = weights.map((weight) => (weight < 0n ? -weight : weight))
  const count = Math.max(1, ...sizes.map((size) => Math.ceil(bitLength(size) / digitBits)))
  return Array.from({ length: count }, (_, i) => {
    const shift = BigInt((count - 1 - i) * digitBits)
    return sizes.map((size, j) => {
      const digit = Number((size >> shift) % BigInt(radix))
      return (weights[j] as bigint) < 0n ? 0 - digit : digit
    })
  })
}

/** Record by record, one of the first and then all of the second's. */
function interleaved(first: Uint8Array, others: Uint8Array, records: number, width: number): Uint8Array<ArrayBuffer> {
  const of = others.length / records
  const whole = new Uint8Array(first.length + others.length)
  for (let r = 0; r < records; r++) {
    whole.set(first.subarray(r * width, (r + 1) * width), r * (width + of))
    whole.set(others.subarray(r * of, (r + 1) * of), r * (width + of) + width)
  }
  return whole
}

/** The items of one head. */
function gathered(
  items: Uint8Array,
  records: number,
  heads: number,
  h: number,
  width: number,
): Uint8Array<ArrayBuffer> {
  const ofHead = new Uint8Array(records * width)
  for (let r = 0; r < records; r++) {
    const at = (r * heads + h) * width
    ofHead.set(items.subarray(at, at + width), r * width)
  }
  return ofHead
}

function repeated(item: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(count * item.length)
  for (let i = 0; i < count; i++) whole.set(item, i * item.length)
  return whole
}
