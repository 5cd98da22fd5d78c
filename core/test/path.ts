import { openAnswer as openOne, sealRecords as sealOne } from '../../client/owner/seal.ts'
import type { CompiledModel } from '../../model/compile.ts'
import { makeEncoder } from '../card/encode.ts'
import { concat, toBytes } from '../number/bytes.ts'
import type { RandomBytes } from '../number/random.ts'
import type { OwnerKey } from '../private/owner.ts'
import type { OwnerArithmetic } from '../private/paillier/arithmetic.ts'
import { paillierOwner } from '../private/paillier/owner.ts'
import type { Arithmetic } from '../protocol/paillier/arithmetic.ts'
import { paillierScoring } from '../protocol/paillier/scoring.ts'
import type { ScoringKey } from '../protocol/scheme.ts'
import { layoutOf, parameterSet } from '../protocol/schemes.ts'
import { decodeChunk, encodeChunk } from '../protocol/wire.ts'
import { noop } from './noop.ts'
import { secureRandom } from './sources.ts'
import { iso } from './vectors.ts'

/**
 * The whole path in one place: decode ∘ unpack ∘ decrypt ∘ score ∘ encrypt ∘ pack ∘ encode, over the wire format, under
 * any scheme. What the workers and the server do, without them.
 */
export interface KeyPair {
  readonly server: ScoringKey
  readonly owner: OwnerKey
  readonly random: RandomBytes
}

/** A Paillier key of these primes, by an engine on each side. */
export function paillierPair(server: Arithmetic, owner: OwnerArithmetic, p: Uint8Array, q: Uint8Array, n: Uint8Array) {
  const set = parameterSet(`paillier-${8 * n.length}`)
  return {
    server: paillierScoring(server).key(set, n),
    owner: paillierOwner(owner).key(set, concat([p, q])),
    random: secureRandom,
  }
}

/** The scheme that encrypts nothing, in the layout of Paillier at 2048 bits. */
export const noopPair = paillierPair(noop, noop, toBytes(iso.p, 128), toBytes(iso.q, 128), toBytes(iso.p * iso.q, 256))

const zeros = '00'.repeat(32)
const run = new Uint8Array(16)
const headerOf = ({ card }: CompiledModel) => ({ card: { ...card, hash: zeros }, fingerprint: zeros, run })

/** Records, one text per feature each, to one chunk. Throws on a cell that cannot be encoded. */
export function sealRecords(model: CompiledModel, records: readonly (readonly string[])[], pair: KeyPair): Uint8Array {
  const { card } = model
  const { owner, random } = pair
  const layout = layoutOf(owner.set.id, card)
  const capacity = Math.max(1, Math.ceil(records.length / layout.blockRecords)) * layout.blockRecords
  const integers = new Float64Array(card.inputs.length * capacity)
  const encoder = makeEncoder(card)
  records.forEach((cells, r) => {
    const problems = encoder.encode(cells, integers, capacity, r)
    if (problems.length > 0) throw new Error(`record ${r}: ${JSON.stringify(problems)}`)
  })
  const items = owner.ahead?.make(layout.sealingItems(records.length), random) ?? new Uint8Array(0)
  return sealOne(owner, headerOf(model), { chunk: 0, records: records.length, capacity, integers }, items, random)
}

export function scoreChunk(model: CompiledModel, request: Uint8Array, { server, random }: KeyPair): Uint8Array {
  const { card, heads } = model
  const chunk = decodeChunk(request)
  const { records } = chunk
  const invalid = server.firstInvalid(card, records, chunk.ciphertexts)
  if (invalid >= 0) throw new Error(`ciphertext ${invalid} is not valid`)
  const items = server.ahead?.make(layoutOf(server.set.id, card).scoringItems(records), random) ?? new Uint8Array(0)
  const ciphertexts = server.score({ shape: card, heads, records, ciphertexts: chunk.ciphertexts, items, random })
  return encodeChunk({ ...chunk, ciphertexts })
}

/** The linear predictors of an answer: per head, one per record. */
export function openAnswer(model: CompiledModel, answer: Uint8Array, { owner }: KeyPair): Float64Array[] {
  const { records, chunk } = decodeChunk(answer)
  const heads = model.card.heads.length
  const predictors = openOne(owner, headerOf(model), { chunk, records }, answer)
  return model.card.heads.map((_, h) =>
    Float64Array.from({ length: records }, (_, r) => predictors[r * heads + h] as number),
  )
}

export function scoreRecords(model: CompiledModel, records: readonly (readonly string[])[], pair: KeyPair) {
  return openAnswer(model, scoreChunk(model, sealRecords(model, records, pair), pair), pair)
}
