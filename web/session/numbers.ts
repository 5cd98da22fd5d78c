import { asBlindscoreError } from '../../core/errors.ts'
import { openRpc, type RpcHost } from '../../rpc/rpcHost.ts'
import type { TakenIn } from '../keys/numbersKey.ts'
import type { NumbersApi } from '../keys/worker-numbers.ts'
import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'
import type { NumbersState } from './state.ts'
import type { SessionStore } from './store.ts'

const nothing: NumbersState = { key: null, file: null, records: null, busy: false, error: null }

/** Files of python-paillier. The worker with the key ends when they are closed, and the key with it. */
export class NumbersSlice {
  readonly #store: SessionStore
  #host: RpcHost<NumbersApi> | null = null

  constructor(store: SessionStore) {
    this.#store = store
  }

  /** Takes a key or numbers; numbers that came before their key are opened once it is there. */
  async takeIn(file: File): Promise<void> {
    const before = this.#store.getState().numbers ?? nothing
    this.#store.setState({ numbers: { ...before, busy: true, error: null } })
    this.#host ??= openNumbers()
    const host = this.#host
    try {
      const taken = await host.call(async (worker): Promise<TakenIn> => await worker.takeIn(file))
      if (host !== this.#host) return
      if (taken.kind === 'numbers') return this.#tell({ file, records: taken.records })
      const { fingerprint, bits } = taken
      this.#tell({ key: { fingerprint, bits } })
      if (before.file && !before.records) await this.takeIn(before.file)
    } catch (thrown) {
      if (host !== this.#host) return
      const error = asBlindscoreError(thrown)
      // Numbers that lack their key wait for it, and so do those of another key.
      const lacks = error.code === 'key/locked'
      this.#tell({ error: lacks ? null : error, ...((lacks || error.code === 'phe/key') && { file, records: null }) })
    }
  }

  #tell(change: Partial<NumbersState>): void {
    const { numbers } = this.#store.getState()
    this.#store.setState({ numbers: { ...(numbers ?? nothing), busy: false, ...change } })
  }

  /** Forgets the key and what it opened. */
  close(): void {
    this.#host?.end()
    this.#host = null
    this.#store.setState({ numbers: null })
  }
}

function openNumbers(): RpcHost<NumbersApi> {
  return openRpc<NumbersApi>(
    new Worker(new URL('../keys/worker-numbers.ts', import.meta.url), { type: 'module', name: 'numbers' }),
  )
}
