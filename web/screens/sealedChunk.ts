import { toHex } from '../../core/bytes.ts'
import { type Card, slotsPerCiphertext } from '../../core/card.ts'
import { decodeChunk } from '../../core/wire.ts'
import type { SessionState } from './useSession.ts'

/** A request's body, taken apart: what its header says, and which of its bytes are which ciphertext. */
export interface SealedChunk {
  readonly header: readonly (readonly [name: string, value: string])[]
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
  /** The file's rows that a block holds, or none where the run is no longer known. */
  rows(block: number): readonly number[]
}

const shownBytes = 48

/** Takes a body apart. `bits` is the key's size, which the header does not state. */
export function openSealed(body: Uint8Array, card: Card, bits: number, map: SessionState['map']): SealedChunk {
  const chunk = decodeChunk(body)
  const inputs = card.inputs.length
  const slots = slotsPerCiphertext(card.slotBits, bits)
  const width = bits / 4
  const blocks = chunk.ciphertexts.length / (width * inputs)
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
      ['ciphertexts', `${chunk.ciphertexts.length} bytes: ${blocks * inputs} of ${width} bytes each`],
    ],
    headerBytes,
    blocks,
    slots,
    records: chunk.records,
    width,
    ciphertext(block, input) {
      const offset = headerBytes + (block * inputs + input) * width
      return { offset, hex: toHex(body.subarray(offset, offset + shownBytes)) }
    },
    rows(block) {
      if (!ofRun) return []
      const from = chunk.chunk * ofRun.capacity + block * slots
      const count = Math.min(slots, chunk.records - block * slots)
      return [...ofRun.rows.subarray(from, from + count)]
    },
  }
}
