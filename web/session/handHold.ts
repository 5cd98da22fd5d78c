import { RunControl } from '../../client/control.ts'
import { isThisMachine } from '../../client/estimate.ts'
import { type Hold, retryWork } from '../../client/retry.ts'
import type { ScoringServer } from '../../client/server.ts'
import type { BlindscoreError } from '../../core/errors.ts'
import type { PublicKey } from '../../core/protocol/scheme.ts'
import { ComeBack } from './comeBack.ts'
import type { FileOwner } from './fileOwner.ts'
import type { SessionStore } from './store.ts'

/** Why work holds, and when it is tried again. */
export interface Held {
  readonly stuck: BlindscoreError | null
  readonly again: number | null
}

/**
 * What holds a hand-over, or a fetch, and lets it go on: a server that went away is waited for, and so is a key that was locked. `end`
 * is called once it is over.
 */
export class HandHold implements Hold {
  readonly control = new RunControl()
  readonly #tell: (held: Partial<Held>) => void
  readonly #comeBack: ComeBack
  readonly #unsubscribe: () => void
  #stuck: BlindscoreError | null = null

  constructor(store: SessionStore, server: ScoringServer, tell: (held: Partial<Held>) => void) {
    this.#tell = tell
    this.#comeBack = new ComeBack({
      ask: () => server.models(),
      isOnline: () => navigator.onLine || isThisMachine(new URL(server.url, location.href)),
      onNext: (again) => tell({ again }),
      onBack: () => this.resume(),
    })
    this.#unsubscribe = store.subscribe(({ key }) => {
      if (key.status === 'ready' && this.#stuck?.code.startsWith('key/')) this.resume()
    })
  }

  readonly onStuck = (stuck: BlindscoreError, until: number | null = null): void => {
    this.#stuck = stuck
    this.#tell({ stuck })
    this.#comeBack.watch(stuck, until)
  }

  /** The present key, once it is open. Throws what else keeps it from being used. */
  key(owner: FileOwner, signal: AbortSignal): Promise<PublicKey> {
    return retryWork(
      () => owner.openKey('runNeedsKey'),
      this,
      () => {},
      signal,
    )
  }

  resume(): void {
    this.#stuck = null
    this.#comeBack.stop()
    this.#tell({ stuck: null })
    this.control.resume()
  }

  end(): void {
    this.#unsubscribe()
    this.#comeBack.stop()
  }
}
