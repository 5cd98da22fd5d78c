import type { KeySize } from '../core/card.ts'
import { keyBits } from '../core/key.ts'
import { LruMap } from './lru.ts'

export interface HeldKey {
  readonly n: Uint8Array
  readonly bits: KeySize
}

/** The public keys that passed their check, by fingerprint. Bounded: a dropped key is asked for again. */
export class KeyRegistry {
  readonly #held: LruMap<string, HeldKey>
  readonly #checking = new Map<string, Promise<void>>()

  constructor(capacity: number, onDrop: (fingerprint: string) => void) {
    this.#held = new LruMap(capacity, onDrop)
  }

  get size(): number {
    return this.#held.size
  }

  get(fingerprint: string): HeldKey | undefined {
    return this.#held.get(fingerprint)
  }

  /**
   * Holds the key once `check` has resolved. Two requests with the same key and proof at the same time share one
   * check; `attempt` names the pair.
   */
  async admit(fingerprint: string, attempt: string, n: Uint8Array, check: () => Promise<void>): Promise<HeldKey> {
    const key: HeldKey = { n, bits: keyBits(n) }
    let checking = this.#checking.get(attempt)
    if (checking === undefined) {
      checking = check().finally(() => this.#checking.delete(attempt))
      this.#checking.set(attempt, checking)
    }
    await checking
    this.#held.set(fingerprint, key)
    return key
  }
}
