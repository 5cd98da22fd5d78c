import type { RpcHost } from './rpcHost.ts'

/** A place for one worker: it is started when it is first asked for, and another one when it has ended. */
export class WorkerSlot<Api> {
  readonly #open: () => RpcHost<Api>
  readonly #onLost: () => void
  #host: RpcHost<Api> | null = null
  #over = false

  /** `onLost` hears of a worker that has ended by itself, before the next one is started. */
  constructor(open: () => RpcHost<Api>, onLost: () => void = () => {}) {
    this.#open = open
    this.#onLost = onLost
  }

  get host(): RpcHost<Api> {
    if (this.#host) return this.#host
    const host = this.#open()
    this.#host = host
    void host.ended.then(() => {
      this.#host = null
      if (!this.#over) this.#onLost()
    })
    return host
  }

  end(): void {
    this.#over = true
    this.#host?.end()
  }
}
