import { fromBytes, toBytes } from './bytes.ts'
import type { Card, CardBody } from './card.ts'
import { slotsPerCiphertext } from './card.ts'
import { fail } from './errors.ts'
import type { Head, SplitModel } from './headroom.ts'
import { respond } from './link.ts'
import { unpack } from './pack.ts'

/**
 * What the opened integers mean, and the plaintext twin of the whole encrypted path.
 */

/** The integer predictor C + Σ W_j·x_j, in exact arithmetic: what a slot holds, less 2^(T−1). */
export function integerPredictor(head: Head, integers: ArrayLike<number>): bigint {
  let sum = head.constant
  for (let j = 0; j < head.weights.length; j++) {
    sum += BigInt(head.weights[j] as number) * BigInt(integers[j] as number)
  }
  return sum
}

/** The linear predictors of one encoded record, one per head, as the encrypted path gives them. */
export function plainPredictors(model: SplitModel, integers: ArrayLike<number>): number[] {
  return model.heads.map((head) => Number(integerPredictor(head, integers)) / 2 ** model.card.scaleBits)
}

/** The plaintext Σ_r (C + 2^(T−1))·2^(T·r) that a head adds to every block, as L/8 bytes. */
export function offsetPlaintext(head: Head, slotBits: number, keyBits: number): Uint8Array<ArrayBuffer> {
  const slot = toBytes(head.constant + 2n ** BigInt(slotBits - 1), Math.ceil(slotBits / 8))
  const each = fromBytes(slot)
  let sum = 0n
  for (let r = slotsPerCiphertext(slotBits, keyBits) - 1; r >= 0; r--) sum = (sum << BigInt(slotBits)) | each
  return toBytes(sum, keyBits / 8)
}

/**
 * The linear predictors of the first `records` slots of an opened plaintext, written to `out` from `at` on.
 * Throws `result/integrity` when the padding or a slot is outside its published bound: then nothing of the answer
 * may be shown. `padding` carries, across the blocks of a run, the one value that every unused slot must hold.
 */
export function readPredictors(
  card: Card | CardBody,
  plaintext: Uint8Array,
  records: number,
  padding: { low?: number; high?: number },
  out: Float64Array,
  at: number,
): void {
  const slots = slotsPerCiphertext(card.slotBits, 8 * plaintext.length)
  const { high, low, clean } = unpack(plaintext, card.slotBits, slots, slots)
  if (!clean) integrity('bits above the last slot are set')
  const scale = 2 ** card.scaleBits
  for (let r = 0; r < slots; r++) {
    const h = high[r] as number
    const l = low[r] as number
    // |S·η| < 2^(T−1) is proven, so the one value that no honest slot holds is 0.
    if (h === 0 && l === 0) integrity('a slot is outside its bound')
    if (r < records) {
      // 2^32 divides 2^(T−1) when T > 32; the difference of the high halves is exact below 2^53.
      out[at + r] =
        card.slotBits > 85
          ? Number(wideSlot(plaintext, card.slotBits, r) - 2n ** BigInt(card.slotBits - 1)) / scale
          : card.slotBits > 32
            ? ((h - 2 ** (card.slotBits - 33)) * 2 ** 32 + l) / scale
            : (l - 2 ** (card.slotBits - 1)) / scale
    } else if (padding.low === undefined) {
      padding.low = l
      padding.high = h
    } else if (padding.low !== l || padding.high !== h) {
      // Unused slots were sealed as zeros, so they all hold the same constant.
      integrity('unused slots differ')
    }
  }
}

/** A slot of any width, exactly: beyond 85 bits its high half is no longer exact as a double. */
function wideSlot(plaintext: Uint8Array, slotBits: number, r: number): bigint {
  return BigInt.asUintN(slotBits, fromBytes(plaintext) >> BigInt(slotBits * r))
}

function integrity(what: string): never {
  fail('result/integrity', `The answer failed its integrity check: ${what}. No score of it is shown.`)
}

/** The heads that score, and those that hold the points of characteristics for reason codes: indices of the card's. */
export function headRoles({ heads }: Pick<CardBody, 'heads'>): { outputs: number[]; reasons: number[] } {
  const outputs: number[] = []
  const reasons: number[] = []
  for (const [h, { role }] of heads.entries()) (role === undefined ? outputs : reasons).push(h)
  return { outputs, reasons }
}

/** The responses of one record's predictors, by the card's link. Reason heads have no part in them. */
export function responses(card: Card | CardBody, predictors: readonly number[]): number[] {
  return respond(card.link, card.reasons ? predictors.filter((_, h) => card.heads[h]?.role === undefined) : predictors)
}

/** The name of the largest response, the first of those that are as large. */
export function labelOf(card: Card | CardBody, responses: readonly number[]): string {
  let best = 0
  for (let r = 1; r < responses.length; r++) if ((responses[r] as number) > (responses[best] as number)) best = r
  return card.responses[best] ?? ''
}
