import type { Chunk } from '../../core/protocol/wire.ts'
import { sha256Hex } from '../digest.ts'
import { fail } from '../faults.ts'
import type { DigestStore } from './state.ts'

/** A chunk that may be scored. */
export interface Admitted {
  readonly again: boolean
  /** Names the chunk with these bytes. */
  readonly once: string
  answered(): Promise<{ readonly again: boolean }>
}

/**
 * Which bytes came under which chunk number, as digests. A resent chunk is scored again; the same number with other
 * bytes is a client's mistake, which would otherwise put one block's scores beside another block's rows.
 *
 * Scoring itself needs no state: with a store per process a load balancer may spread a run, and then the mistake is
 * noticed only where both chunks meet.
 */
export class IdempotencyCache {
  readonly #store: DigestStore

  constructor(store: DigestStore) {
    this.#store = store
  }

  /**
   * Throws `request/conflict` when the chunk's number was answered for other bytes. Returns what notes these bytes
   * once they are answered, with the same check again: a chunk that was refused or failed may be sealed anew. `again`
   * says whether they had been answered before, and so does what notes them. `ciphertexts` is the digest of the chunk's.
   */
  async admit(model: string, chunk: Chunk, ciphertexts: string): Promise<Admitted> {
    const name = sha256Hex(model, '\0', chunk.key, chunk.run, `${chunk.chunk}`)
    const digest = sha256Hex(chunk.card, `${chunk.records}`, '\0', ciphertexts)
    const check = (known: string | undefined): void => {
      if (known !== undefined && known !== digest) fail('request/conflict', 'chunkConflict')
    }
    const known = await this.#store.get(name)
    check(known)
    return {
      again: known !== undefined,
      once: sha256Hex(name, digest).slice(0, 32),
      answered: async () => {
        const { there, noted } = await this.#store.putIfAbsent(name, digest)
        check(there)
        return { again: !noted }
      },
    }
  }
}
