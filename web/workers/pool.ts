import type { Remote } from 'comlink'
import { asBlindscoreError, BlindscoreError } from '../../core/errors.ts'
import type { Bridge } from './bridge.ts'

/**
 * Some workers of one kind and the calls that wait for one. A call whose worker dies is made again on a new worker,
 * up to three times, so its work is done from the start (a sealer then draws fresh residues).
 */
export class Pool<Api> {
  readonly size: number
  readonly #start: () => Bridge<Api>
  /** Workers that ended since a call was last answered. */
  #lost = 0
  readonly #idle: Bridge<Api>[] = []
  readonly #all = new Set<Bridge<Api>>()
  readonly #queue: ((bridge: Bridge<Api>) => void)[] = []
  #over = false

  /** `start` opens a worker and tells it what it must know; it is called again for each one that dies. */
  constructor(size: number, start: () => Bridge<Api>) {
    this.size = size
    this.#start = start
    for (let i = 0; i < size; i++) this.#add()
  }

  #add(): void {
    const bridge = this.#start()
    this.#all.add(bridge)
    this.#release(bridge)
    void bridge.ended.then(() => {
      this.#all.delete(bridge)
      const at = this.#idle.indexOf(bridge)
      if (at >= 0) this.#idle.splice(at, 1)
      this.#lost += 1
      // Where workers do nothing but end, starting more of them would never end either.
      if (!this.#over && this.#lost <= 4 * this.size) this.#add()
      if (this.#all.size === 0) for (const wake of this.#queue.splice(0)) wake(bridge)
    })
  }

  /** One call, on the first worker that is free. */
  async run<T>(use: (remote: Remote<Api>) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      if (signal?.aborted) throw new BlindscoreError('run/cancelled', 'Cancelled.')
      const bridge = await this.#take(signal)
      try {
        const work = bridge.call(use)
        // The worker is free when its work is done, not when its caller stops waiting.
        const free = (): void => this.#release(bridge)
        work.then(free, free)
        const result = await settledOrAborted(work, signal)
        this.#lost = 0
        return result
      } catch (thrown) {
        const error = asBlindscoreError(thrown)
        if (error.code !== 'platform/worker-died' || attempt >= 3 || this.#over) throw error
        // Its end is known everywhere before another worker is asked for, or it might be handed out once more.
        await bridge.ended
      }
    }
  }

  /** A call on every worker, whether it is free or not. */
  async each<T>(use: (remote: Remote<Api>) => Promise<T>): Promise<T[]> {
    return Promise.all([...this.#all].map((bridge) => bridge.call(use)))
  }

  /** Starts workers in place of those that ended and were not replaced, because they did nothing but end. */
  revive(): void {
    this.#lost = 0
    while (!this.#over && this.#all.size < this.size) this.#add()
  }

  /** Ends every worker and starts others; calls under way are made again on those. */
  renew(): void {
    this.#lost = 0
    for (const bridge of [...this.#all]) bridge.end()
  }

  end(): void {
    this.#over = true
    for (const bridge of [...this.#all]) bridge.end()
  }

  #take(signal?: AbortSignal): Promise<Bridge<Api>> {
    const bridge = this.#idle.pop()
    if (bridge) return Promise.resolve(bridge)
    if (this.#all.size === 0) {
      return Promise.reject(new BlindscoreError('platform/worker-died', 'The workers of this page keep ending.'))
    }
    return new Promise((resolve, reject) => {
      const get = (taken: Bridge<Api>): void => {
        signal?.removeEventListener('abort', abort)
        resolve(taken)
      }
      const abort = (): void => {
        this.#queue.splice(this.#queue.indexOf(get), 1)
        reject(new BlindscoreError('run/cancelled', 'Cancelled.'))
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#queue.push(get)
    })
  }

  #release(bridge: Bridge<Api>): void {
    if (!this.#all.has(bridge)) return
    const next = this.#queue.shift()
    if (next) next(bridge)
    else this.#idle.push(bridge)
  }
}

function settledOrAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new BlindscoreError('run/cancelled', 'Cancelled.'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
