import { fromHex } from '../../core/number/bytes.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import type { OwnerKey } from '../../core/private/owner.ts'
import { readPredictors } from '../../core/protocol/open.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import { frameChunk } from '../../core/protocol/wire.ts'
import { readAnswer } from '../answer.ts'
import type { RunHeader } from '../block.ts'

/** Encoded records to the bytes of a request, and the bytes of its answer to predictors. */

/** Some records as integers, on their way into one request. */
export interface EncodedChunk {
  /** Its number in the run, from 0. */
  readonly chunk: number
  readonly records: number
  /** A multiple of the layout's `blockRecords`. */
  readonly capacity: number
  /** inputs × capacity integers, input by input; the places after `records` are zero. */
  readonly integers: Float64Array
}

/** The body of a request. `items` are as many as the layout's `sealingItems` says, none used before. */
export function sealRecords(
  key: OwnerKey,
  { card, fingerprint, run }: RunHeader,
  { chunk, records, capacity, integers }: EncodedChunk,
  items: Uint8Array,
  random: RandomBytes,
): Uint8Array<ArrayBuffer> {
  const length = layoutOf(key.set.id, card).requestBytes(records)
  const header = { card: fromHex(card.hash), key: fromHex(fingerprint), run, chunk, records }
  const { bytes, ciphertexts } = frameChunk(header, length)
  key.encrypt({ shape: card, records, integers, capacity, items, random, to: ciphertexts })
  return bytes
}

/**
 * records × heads linear predictors, record by record. Throws `result/shape` when the answer is to something else, and
 * `result/ciphertext` and `result/integrity` when it must not be believed; then nothing of it is returned.
 */
export function openAnswer(
  key: OwnerKey,
  { card, fingerprint, run }: RunHeader,
  { chunk, records }: Pick<EncodedChunk, 'chunk' | 'records'>,
  answer: Uint8Array,
): Float64Array<ArrayBuffer> {
  const asked = { header: { card, fingerprint, run }, chunk, records, set: key.set.id }
  const got = readAnswer(asked, answer)

  const { slots, plaintextBytes } = layoutOf(key.set.id, card)
  const plaintexts = key.decrypt(card, got.ciphertexts, records)
  const heads = card.heads.length
  const predictors = new Float64Array(records * heads)
  const ofHead = new Float64Array(slots)
  // All of it is read before anything is said: how long this takes shows in when the next request comes.
  let bad: unknown = null
  for (let h = 0; h < heads; h++) {
    const padding = {}
    for (let from = 0, i = h; i * plaintextBytes < plaintexts.length; from += slots, i += heads) {
      const plaintext = plaintexts.subarray(i * plaintextBytes, (i + 1) * plaintextBytes)
      const count = Math.max(0, Math.min(slots, records - from))
      try {
        readPredictors(card, plaintext, slots, count, padding, ofHead, 0)
      } catch (thrown) {
        bad ??= thrown
      }
      for (let r = 0; r < count; r++) predictors[(from + r) * heads + h] = ofHead[r] as number
    }
  }
  if (bad !== null) throw bad
  return predictors
}
