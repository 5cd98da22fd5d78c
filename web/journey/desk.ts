import { createStore, type StoreApi } from 'zustand/vanilla'
import { type Crew, hireCrew } from '../workers/crew.ts'
import { initialState, type SessionState } from './state.ts'

/** What the parts of a session share: its state, its workers, and the one piece of work that may be under way. */
export class Desk {
  readonly store: StoreApi<SessionState> = createStore<SessionState>(() => initialState)
  readonly #onVaultLost: () => void
  #crew: Crew | null = null
  #work = new AbortController()

  /** `onVaultLost` hears when the worker that held the key has ended by itself. */
  constructor(onVaultLost: () => void) {
    this.#onVaultLost = onVaultLost
  }

  get state(): SessionState {
    return this.store.getState()
  }

  set(change: Partial<SessionState> | ((state: SessionState) => Partial<SessionState>)): void {
    this.store.setState(change)
  }

  /** The workers, hired when they are first needed. */
  get crew(): Crew {
    this.#crew ??= hireCrew(this.#onVaultLost)
    return this.#crew
  }

  /** Aborts when something else is begun. */
  get signal(): AbortSignal {
    return this.#work.signal
  }

  /** Stops whatever is under way and hands out the signal of what comes next. */
  restart(): AbortSignal {
    this.#work.abort()
    this.#work = new AbortController()
    return this.#work.signal
  }
}
