import { fail } from '../faults.ts'
import type { Principal, Principals } from './principals.ts'

/** Those who have an API key and those whom an issuer names, side by side: a key's text begins as no token does. */
export class Bearers implements Principals {
  readonly #keys: Principals | null
  readonly #tokens: Principals | null

  constructor(keys: Principals | null, tokens: Principals | null) {
    this.#keys = keys
    this.#tokens = tokens
  }

  of(text: string): Promise<Principal> {
    const asked = text.startsWith('bsk_') ? this.#keys : this.#tokens
    // Of one kind alone, that says what is wrong with the other.
    return (asked ?? this.#keys ?? this.#tokens ?? fail('access/refused', 'accessRefused')).of(text)
  }

  recordsPerHour(id: string): number | null {
    return this.#keys?.recordsPerHour(id) ?? null
  }
}
