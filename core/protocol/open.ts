import type { Card, CardBody } from '../card/card.ts'
import { type CoreFaults, fail } from '../faults.ts'
import { fromBytes } from '../number/bytes.ts'
import { unpack } from './pack.ts'

/** What the slots of an opened plaintext mean, and what an honest answer's look like. */

/**
 * The linear predictors of the first `records` of the `slots` slots of an opened plaintext, written to `out` from `at` on.
 * Throws `result/integrity` when the padding or a slot is outside its published bound: then nothing of the answer
 * may be shown. `padding` carries, across the blocks of a run, the one value that every unused slot must hold.
 */
export function readPredictors(
  card: Card | CardBody,
  plaintext: Uint8Array,
  slots: number,
  records: number,
  padding: { low?: number; high?: number },
  out: Float64Array,
  at: number,
): void {
  const { high, low, clean } = unpack(plaintext, card.slotBits, slots, slots)
  // Every slot is read before anything is thrown: where the bad one stands must not show in how long this takes.
  let wrong: CoreFaults['integrity']['what'] | null = clean ? null : 'bits'
  const scale = 2 ** card.scaleBits
  for (let r = 0; r < slots; r++) {
    const h = high[r] as number
    const l = low[r] as number
    // |S·η| < 2^(T−1) is proven, so the one value that no honest slot holds is 0.
    if (h === 0 && l === 0) wrong ??= 'slot'
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
      wrong ??= 'padding'
    }
  }
  if (wrong) fail('result/integrity', 'integrity', { what: wrong })
}

/** A slot of any width, exactly: beyond 85 bits its high half is no longer exact as a double. */
function wideSlot(plaintext: Uint8Array, slotBits: number, r: number): bigint {
  return BigInt.asUintN(slotBits, fromBytes(plaintext) >> BigInt(slotBits * r))
}
