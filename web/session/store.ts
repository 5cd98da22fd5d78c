import { createStore, type StoreApi } from 'zustand/vanilla'
import { initialState, type SessionState } from './state.ts'

/** What the slices of a session share: its state. */
export type SessionStore = StoreApi<SessionState>

export function makeStore(): SessionStore {
  return createStore<SessionState>(() => initialState)
}

/** Work of which only the latest counts: what is begun aborts what was under way before. */
export class Latest {
  #work = new AbortController()

  begin(): AbortSignal {
    this.#work.abort()
    this.#work = new AbortController()
    return this.#work.signal
  }

  stop(): void {
    this.#work.abort()
  }

  get signal(): AbortSignal {
    return this.#work.signal
  }
}
