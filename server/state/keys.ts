import type { SchemeKey } from '../compute/tasks.ts'
import type { KeyStore } from './state.ts'

/** The way into a key store: keys are put there once their check has passed, and only then. */
export class KeyRegistry {
  readonly #store: KeyStore
  readonly #checking = new Map<string, Promise<void>>()

  constructor(store: KeyStore) {
    this.#store = store
  }

  get size(): number {
    return this.#store.size
  }

  get(fingerprint: string): Promise<SchemeKey | undefined> {
    return this.#store.get(fingerprint)
  }

  /**
   * Holds the key once `check` has resolved. Two requests with the same key and proof at the same time share one
   * check; `attempt` names the pair.
   */
  async admit(fingerprint: string, attempt: string, key: SchemeKey, check: () => Promise<void>): Promise<void> {
    let checking = this.#checking.get(attempt)
    if (checking === undefined) {
      checking = this.#hold(fingerprint, key, check).finally(() => this.#checking.delete(attempt))
      this.#checking.set(attempt, checking)
    }
    await checking
  }

  async #hold(fingerprint: string, key: SchemeKey, check: () => Promise<void>): Promise<void> {
    // Another request, here or elsewhere, may have brought it since this one looked.
    if ((await this.#store.get(fingerprint)) !== undefined) return
    await check()
    await this.#store.put(fingerprint, key)
  }
}
