import type { Remote } from 'comlink'
import { asBlindscoreError, cancelled } from '../core/errors.ts'
import { errorOf } from './faults.ts'
import type { RpcHost } from './rpcHost.ts'

/**
 * Some workers of one kind and the calls that wait for one. A call whose worker dies is made again on a new worker,
 * up to three times, so its work is done from the start (a sealer then draws fresh residues).
 */
export class Pool<Api> {
  readonly size: number
  readonly #start: () => RpcHost<Api>
  /** Workers that ended since a call was last answered. */
  #lost = 0
  readonly #idle: RpcHost<Api>[] = []
  readonly #all = new Set<RpcHost<Api>>()
  readonly #queue: ((host: RpcHost<Api>) => void)[] = []
  #over = false

  /** `start` opens a worker and tells it what it must know; it is called again for each one that dies. */
  constructor(size: number, start: () => RpcHost<Api>) {
    this.size = size
    this.#start = start
    for (let i = 0; i < size; i++) this.#add()
  }

  #add(): void {
    const host = this.#start()
    this.#all.add(host)
    this.#release(host)
    void host.ended.then(() => {
      this.#all.delete(host)
      const at = this.#idle.indexOf(host)
      if (at >= 0) this.#idle.splice(at, 1)
      this.#lost += 1
      // Where workers do nothing but end, starting more of them would never end either.
      if (!this.#over && this.#lost <= 4 * this.size) this.#add()
      if (this.#all.size === 0) for (const wake of this.#queue.splice(0)) wake(host)
    })
  }

  /** One call, on the first worker that is free. */
  async run<T>(use: (remote: Remote<Api>) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      if (signal?.aborted) throw cancelled()
      const host = await this.#take(signal)
      try {
        const work = host.call(use)
        // The worker is free when its work is done, not when its caller stops waiting.
        const free = (): void => this.#release(host)
        work.then(free, free)
        const result = await settledOrAborted(work, signal)
        this.#lost = 0
        return result
      } catch (thrown) {
        const error = asBlindscoreError(thrown)
        if (error.code !== 'platform/worker-died' || attempt >= 3 || this.#over) throw error
        // Its end is known everywhere before another worker is asked for, or it might be handed out once more.
        await host.ended
      }
    }
  }

  /** A call on every worker, whether it is free or not. */
  async each<T>(use: (remote: Remote<Api>) => Promise<T>): Promise<T[]> {
    return Promise.all([...this.#all].map((host) => host.call(use)))
  }

  /** Starts workers in place of those that ended and were not replaced, because they did nothing but end. */
  revive(): void {
    this.#lost = 0
    while (!this.#over && this.#all.size < this.size) this.#add()
  }

  /** Ends every worker and starts others; calls under way are made again on those. */
  renew(): void {
    this.#lost = 0
    for (const host of [...this.#all]) host.end()
  }

  end(): void {
    this.#over = true
    for (const host of [...this.#all]) host.end()
  }

  #take(signal?: AbortSignal): Promise<RpcHost<Api>> {
    const host = this.#idle.pop()
    if (host) return Promise.resolve(host)
    if (this.#all.size === 0) {
      return Promise.reject(errorOf('platform/worker-died', 'workersKeepEnding'))
    }
    return new Promise((resolve, reject) => {
      const get = (taken: RpcHost<Api>): void => {
        signal?.removeEventListener('abort', abort)
        resolve(taken)
      }
      const abort = (): void => {
        this.#queue.splice(this.#queue.indexOf(get), 1)
        reject(cancelled())
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#queue.push(get)
    })
  }

  #release(host: RpcHost<Api>): void {
    if (!this.#all.has(host)) return
    const next = this.#queue.shift()
    if (next) next(host)
    else this.#idle.push(host)
  }
}

function settledOrAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(cancelled())
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
