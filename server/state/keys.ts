import type { ParameterSet } from '../../core/protocol/scheme.ts'
import type { SchemeKey } from '../compute/tasks.ts'
import { LruMap } from './lru.ts'

export interface HeldKey extends SchemeKey {
  readonly set: ParameterSet
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
  async admit(fingerprint: string, attempt: string, key: HeldKey, check: () => Promise<void>): Promise<HeldKey> {
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
