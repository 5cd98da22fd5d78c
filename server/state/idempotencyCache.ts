import type { Chunk } from '../../core/protocol/wire.ts'
import { sha256Hex } from '../digest.ts'
import { fail } from '../faults.ts'
import { LruMap } from './lru.ts'

/**
 * Which bytes came under which chunk number, as digests. A resent chunk is scored again; the same number with other
 * bytes is a client's mistake, which would otherwise put one block's scores beside another block's rows.
 *
 * Kept per process and bounded: scoring itself needs no state, so a load balancer may spread a run, and then the
 * mistake is noticed only where both chunks meet.
 */
export class IdempotencyCache {
  readonly #digests: LruMap<string, string>

  constructor(capacity: number) {
    this.#digests = new LruMap(capacity)
  }

  /**
   * Throws `request/conflict` when the chunk's number was answered for other bytes. Returns what notes these bytes
   * once they are answered, with the same check again: a chunk that was refused or failed may be sealed anew.
   */
  admit(model: string, chunk: Chunk): () => void {
    const name = sha256Hex(model, '\0', chunk.key, chunk.run, `${chunk.chunk}`)
    const digest = sha256Hex(chunk.card, `${chunk.records}`, '\0', chunk.ciphertexts)
    const check = (): void => {
      const known = this.#digests.get(name)
      if (known !== undefined && known !== digest) {
        fail('request/conflict', 'chunkConflict')
      }
    }
    check()
    return () => {
      check()
      this.#digests.set(name, digest)
    }
  }
}
