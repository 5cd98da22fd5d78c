import { errorOf } from '../faults.ts'
import type { Limits } from '../limits.ts'
import { RetryLater } from './problem.ts'

export interface PaceOptions {
  readonly limits: Pick<Limits, 'requestsPerSecond' | 'requestBurst' | 'paceWaitMs'>
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number
  readonly sleep?: (ms: number) => Promise<void>
}

const sleepFor = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/**
 * The pace of each client's requests, whatever they ask for: all of them share one event loop. After a burst they are let in one
 * by one at an even rate, and wait until then. By the generic cell rate algorithm (ITU-T I.371), which needs one number a client.
 */
export class RequestPace {
  readonly #interval: number
  readonly #burstMs: number
  readonly #mostWaitMs: number
  readonly #now: () => number
  readonly #sleep: (ms: number) => Promise<void>
  /** By client: when its next request would be due at the even rate. */
  readonly #due = new Map<string, number>()
  #sweepAt = 1024

  constructor({ limits, now, sleep = sleepFor }: PaceOptions) {
    this.#interval = 1000 / limits.requestsPerSecond
    this.#burstMs = limits.requestBurst * this.#interval
    this.#mostWaitMs = limits.paceWaitMs
    this.#now = now
    this.#sleep = sleep
  }

  /** Resolves when the client's request may go on; one that is dear counts as several. Rejects with `request/busy`. */
  async enter(client: string, count = 1): Promise<void> {
    const now = this.#now()
    const due = Math.max(this.#due.get(client) ?? 0, now)
    const wait = due - now - this.#burstMs
    if (wait > this.#mostWaitMs) throw new RetryLater(errorOf('request/busy', 'busy'), Math.ceil(wait / 1000))
    this.#due.set(client, due + count * this.#interval)
    this.#sweep(now)
    if (wait > 0) await this.#sleep(wait)
  }

  /** Clients that are remembered. */
  get size(): number {
    return this.#due.size
  }

  #sweep(now: number): void {
    if (this.#due.size < this.#sweepAt) return
    for (const [client, due] of this.#due) if (due <= now) this.#due.delete(client)
    this.#sweepAt = Math.max(1024, 2 * this.#due.size)
  }
}
