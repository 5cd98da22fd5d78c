import { BlindscoreError, cancelled } from '../../core/errors.ts'
import type { SchemeKey } from '../compute/tasks.ts'
import { busy } from '../http/problem.ts'
import type { Limits } from '../limits.ts'
import { LruMap } from './lru.ts'
import { withinShare } from './share.ts'
import type { KeyStore } from './state.ts'

/** A client's try to have a key held. */
export interface Attempt {
  readonly client: string
  readonly fingerprint: string
  /** The digest of its proof. */
  readonly proof: string
  readonly key: SchemeKey
  /** Aborts when the client does not wait for it any more. */
  readonly signal: AbortSignal
}

/** A check that is under way, and how many requests wait for it. */
interface Checking {
  readonly done: Promise<void>
  readonly stop: AbortController
  waiting: number
}

/**
 * The way into a key store: keys are put there once their check has passed, and only then.
 *
 * A client's keys are checked one after the other, so many of them keep its own waiting and nobody else's. A check that nobody
 * waits for any more stops, and what was refused once is refused again without one.
 */
export class KeyRegistry {
  readonly #store: KeyStore
  readonly #mostWaiting: number
  readonly #mostOfAll: number
  /** Checks of all clients that have not ended. */
  #all = 0
  readonly #checking = new Map<string, Checking>()
  readonly #refused: LruMap<string, BlindscoreError>
  /** By client: when its last check will have ended, and how many of its checks have not. */
  readonly #last = new Map<string, { end: Promise<void>; count: number }>()

  constructor(store: KeyStore, limits: Pick<Limits, 'keyChecksPerClient' | 'keyChecks' | 'refusalsRemembered'>) {
    this.#store = store
    this.#mostWaiting = limits.keyChecksPerClient
    this.#mostOfAll = limits.keyChecks
    this.#refused = new LruMap(limits.refusalsRemembered)
  }

  get size(): number {
    return this.#store.size
  }

  get(fingerprint: string): Promise<SchemeKey | undefined> {
    return this.#store.get(fingerprint)
  }

  /**
   * Holds the key once `check` has resolved. Requests of one client with the same key and proof at the same time share one
   * check. Rejects with what the check rejected with, with `request/busy` when the client has too many under way, and with
   * `run/cancelled` when the attempt's signal aborts; the check's own signal aborts when nobody waits for it.
   */
  async admit(attempt: Attempt, check: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { client, fingerprint, proof, signal } = attempt
    const pair = `${fingerprint} ${proof}`
    const refusal = this.#refused.get(pair)
    if (refusal) throw refusal
    if (signal.aborted) throw cancelled()
    const name = `${client} ${pair}`
    const checking = this.#checking.get(name) ?? this.#begin(name, pair, attempt, check)
    checking.waiting++
    let left = (): void => {}
    const cancel = new Promise<never>((_, reject) => {
      left = () => reject(cancelled())
      signal.addEventListener('abort', left, { once: true })
    })
    try {
      await Promise.race([checking.done, cancel])
    } finally {
      signal.removeEventListener('abort', left)
      checking.waiting--
      if (checking.waiting === 0) {
        checking.stop.abort()
        // One that stops is not to be joined by a request that comes while it does.
        if (this.#checking.get(name) === checking) this.#checking.delete(name)
      }
    }
  }

  #begin(
    name: string,
    pair: string,
    { client, fingerprint, key }: Attempt,
    check: (signal: AbortSignal) => Promise<void>,
  ): Checking {
    const before = this.#last.get(client)
    const own = before?.count ?? 0
    if (own >= this.#mostWaiting || !withinShare(own, 1, this.#all, this.#mostOfAll)) busy()
    const stop = new AbortController()
    const work = async (): Promise<void> => {
      await before?.end
      if (stop.signal.aborted) throw cancelled()
      // Another request, here or elsewhere, may have brought it since this one looked.
      if ((await this.#store.get(fingerprint)) !== undefined) return
      await check(stop.signal)
      await this.#store.put(fingerprint, key, client)
    }
    const remember = (thrown: unknown): never => {
      if (thrown instanceof BlindscoreError && thrown.code.startsWith('key/')) this.#refused.set(pair, thrown)
      throw thrown
    }
    const done = work().catch(remember)
    const checking = { done, stop, waiting: 0 }
    this.#checking.set(name, checking)
    const end = done
      .catch(() => {})
      .then(() => {
        if (this.#checking.get(name) === checking) this.#checking.delete(name)
        this.#all--
        last.count--
        if (last.count === 0) this.#last.delete(client)
      })
    const last = before ?? { end, count: 0 }
    last.end = end
    last.count++
    this.#all++
    this.#last.set(client, last)
    return checking
  }
}
