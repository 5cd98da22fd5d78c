import type { Card } from '../../core/card/card.ts'
import { toHex } from '../../core/number/bytes.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import { decodeChunk } from '../../core/protocol/wire.ts'
import type { SessionState } from './useSession.ts'

/** A request's body, taken apart: what its header says, and which of its bytes are which ciphertext. */
export interface SealedChunk {
  /** The members of the header but the ciphertexts. */
  readonly header: readonly (readonly [name: string, value: string])[]
  readonly ciphertexts: { readonly bytes: number; readonly count: number }
  /** Bytes before the first ciphertext. */
  readonly headerBytes: number
  readonly blocks: number
  /** Records that one ciphertext carries. */
  readonly slots: number
  readonly records: number
  /** Bytes of one ciphertext. */
  readonly width: number
  /** The ciphertext of an input in a block: where it begins in the body, and its first bytes. */
  ciphertext(block: number, input: number): { readonly offset: number; readonly hex: string }
  /** The file's rows that a block holds, null for a planted record; none where the run is no longer known. */
  rows(block: number): readonly (number | null)[]
}

const shownBytes = 48

/** Takes a body apart. `set` is the key's parameter set, which the header does not state. */
export function openSealed(body: Uint8Array, card: Card, set: string, map: SessionState['map']): SealedChunk {
  const chunk = decodeChunk(body)
  const layout = layoutOf(set, card)
  const { slots, blockRecords } = layout
  const blocks = Math.ceil(chunk.records / blockRecords)
  const count = layout.requestCiphertexts(chunk.records)
  const width = chunk.ciphertexts.length / count
  const headerBytes = body.length - chunk.ciphertexts.length
  const ofRun = map !== null && toHex(chunk.run) === map.run ? map : null
  return {
    header: [
      ['version', '1'],
      ['card', toHex(chunk.card)],
      ['key', toHex(chunk.key)],
      ['run', toHex(chunk.run)],
      ['chunk', String(chunk.chunk)],
      ['records', String(chunk.records)],
    ],
    ciphertexts: { bytes: chunk.ciphertexts.length, count },
    headerBytes,
    blocks,
    slots,
    records: chunk.records,
    width,
    ciphertext(block, input) {
      const { offset, bytes } = layout.ciphertextAt(chunk.records, block, input)
      const at = headerBytes + offset
      return { offset: at, hex: toHex(body.subarray(at, at + Math.min(bytes, shownBytes))) }
    },
    rows(block) {
      if (!ofRun) return []
      const planted = ofRun.places.get(chunk.chunk) ?? []
      const first = block * blockRecords
      const records = Math.min(blockRecords, chunk.records - first)
      let own = chunk.chunk * ofRun.capacity + first - planted.filter((place) => place < first).length
      return Array.from({ length: records }, (_, r) =>
        planted.includes(first + r) ? null : (ofRun.rows[own++] ?? null),
      )
    },
  }
}
