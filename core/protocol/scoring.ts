import type { CardBody } from '../card/card.ts'
import { toBytes } from '../number/bytes.ts'

/**
 * What the server computes, on integers in the clear: the weights of a model, the predictor of a record, and the constant
 * that a head adds to every slot. The reference for the whole encrypted path.
 */

/** The private half of a compiled model: for one head, its integer weights and constant. */
export interface Head {
  /** W_j, one per input; |W_j| < 2^53. */
  readonly weights: Float64Array
  /** C. */
  readonly constant: bigint
}

/** The same head in the doubles of its model file, for values that no card has encoded. */
export interface RealHead {
  /** One per input: of a value as it is in its column's unit, or of a level. */
  readonly weights: Float64Array
  readonly intercept: number
}

/** A model split in two: the card is public, the heads are not. */
export interface SplitModel {
  readonly card: CardBody
  readonly heads: readonly Head[]
}

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

/** Σ_r (C + 2^(T−1))·2^(T·r) over `slots` slots: what a head adds to every plaintext. */
export function offsetOf(head: Head, slotBits: number, slots: number): bigint {
  const slot = head.constant + 2n ** BigInt(slotBits - 1)
  let sum = 0n
  for (let r = slots - 1; r >= 0; r--) sum = (sum << BigInt(slotBits)) | slot
  return sum
}

/** {@link offsetOf} in `length` bytes. */
export function offsetPlaintext(head: Head, slotBits: number, slots: number, length: number): Uint8Array<ArrayBuffer> {
  return toBytes(offsetOf(head, slotBits, slots), length)
}
