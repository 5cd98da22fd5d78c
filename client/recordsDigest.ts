import { concat } from '../core/number/bytes.ts'
import { sha256 } from '../platform/digest.ts'
import type { EncodedBlock } from './block.ts'

/**
 * Of all records of a run as they were encoded, with the rows that they stand in: equal only where the same file is read in the same
 * way. Blocks may come in any order. A digest of records tells whoever guesses them whether the guess is right, so it is stored
 * under a key alone (`FileKeeper.sourceTag`).
 */
export class RecordsDigest {
  readonly #chunks: Promise<Uint8Array>[] = []
  #records = 0

  /** How many records have come. */
  get records(): number {
    return this.#records
  }

  /** Takes the records of one chunk, before anything is planted among them. */
  note(chunk: number, { integers, capacity, records, rows }: EncodedBlock): void {
    this.#records += records
    const inputs = integers.length / capacity
    const columns = Array.from({ length: inputs }, (_, j) => integers.subarray(j * capacity, j * capacity + records))
    this.#chunks[chunk] = sha256(concat([rows.subarray(0, records), ...columns].map(bytesOf)))
  }

  /** SHA-256 of the chunks' own, one after the other. */
  async bytes(): Promise<Uint8Array> {
    return sha256(concat(await Promise.all(this.#chunks)))
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
