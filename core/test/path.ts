import type { PublicArithmetic } from '../arithmetic.ts'
import { slotsPerCiphertext } from '../card.ts'
import { makeEncoder } from '../encode.ts'
import type { CompiledModel } from '../headroom.ts'
import { packInto } from '../pack.ts'
import type { PrivateArithmetic } from '../private/arithmetic.ts'
import type { RandomBytes } from '../random.ts'
import { offsetPlaintext, readPredictors } from '../score.ts'
import { type Chunk, decodeChunk, encodeChunk } from '../wire.ts'

/**
 * The whole path in one place: decode ∘ unpack ∘ open ∘ score ∘ seal ∘ pack ∘ encode, over the wire format, under
 * any scheme. What the workers and the server do, without them.
 */
export interface Scheme {
  readonly server: PublicArithmetic
  readonly owner: PrivateArithmetic
  readonly random: RandomBytes
}

/** Records, one text per feature each, to one chunk. Throws on a cell that cannot be encoded. */
export function sealRecords(model: CompiledModel, records: readonly (readonly string[])[], scheme: Scheme): Uint8Array {
  const { card } = model
  const width = scheme.owner.bits / 8
  const slots = slotsPerCiphertext(card.slotBits, scheme.owner.bits)
  const blocks = Math.ceil(records.length / slots)
  const inputs = card.inputs.length
  const encoder = makeEncoder(card)
  const plaintexts = new Uint8Array(blocks * inputs * width)
  for (let b = 0; b < blocks; b++) {
    const values = new Float64Array(inputs * slots)
    records.slice(b * slots, (b + 1) * slots).forEach((cells, r) => {
      const problems = encoder.encode(cells, values, slots, r)
      if (problems.length > 0) throw new Error(`record ${b * slots + r}: ${JSON.stringify(problems)}`)
    })
    for (let j = 0; j < inputs; j++) {
      const at = (b * inputs + j) * width
      packInto(values.subarray(j * slots, (j + 1) * slots), card.slotBits, plaintexts.subarray(at, at + width))
    }
  }
  const ciphertexts = scheme.owner.seal(plaintexts, scheme.owner.residues(blocks * inputs, scheme.random))
  return encodeChunk({
    card: new Uint8Array(32),
    key: new Uint8Array(32),
    run: new Uint8Array(16),
    chunk: 0,
    records: records.length,
    ciphertexts,
  })
}

export function scoreChunk(model: CompiledModel, request: Uint8Array, scheme: Scheme): Uint8Array {
  const { card, heads } = model
  const chunk = decodeChunk(request)
  const blocks = chunk.ciphertexts.length / (scheme.server.bits / 4) / card.inputs.length
  const invalid = scheme.server.firstInvalid(chunk.ciphertexts)
  if (invalid >= 0) throw new Error(`ciphertext ${invalid} is not valid`)
  const ciphertexts = scheme.server.score({
    ciphertexts: chunk.ciphertexts,
    blocks,
    weights: heads.map((head) => head.weights),
    offsets: heads.map((head) => offsetPlaintext(head, card.slotBits, scheme.server.bits)),
    masks: scheme.server.masks(blocks * heads.length, scheme.random),
  })
  return encodeChunk({ ...chunk, ciphertexts })
}

/** The linear predictors of an answer: per head, one per record. */
export function openAnswer(model: CompiledModel, answer: Uint8Array, scheme: Scheme): Float64Array[] {
  const { card } = model
  const chunk: Chunk = decodeChunk(answer)
  const width = scheme.owner.bits / 8
  const slots = slotsPerCiphertext(card.slotBits, scheme.owner.bits)
  const plaintexts = scheme.owner.open(chunk.ciphertexts)
  const blocks = plaintexts.length / width / card.heads.length
  return card.heads.map((_, h) => {
    const predictors = new Float64Array(chunk.records)
    const padding = {}
    for (let b = 0; b < blocks; b++) {
      const at = (b * card.heads.length + h) * width
      const records = Math.min(slots, chunk.records - b * slots)
      readPredictors(card, plaintexts.subarray(at, at + width), records, padding, predictors, b * slots)
    }
    return predictors
  })
}

export function scoreRecords(model: CompiledModel, records: readonly (readonly string[])[], scheme: Scheme) {
  return openAnswer(model, scoreChunk(model, sealRecords(model, records, scheme), scheme), scheme)
}
