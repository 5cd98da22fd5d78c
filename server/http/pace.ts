import { messagesFirst } from '../../platform/turns.ts'
import type { Limits } from '../limits.ts'
import { busy } from './problem.ts'

export interface PaceOptions {
  readonly limits: Pick<Limits, 'requestsPerSecond' | 'requestBurst' | 'paceWaitMs'>
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number
  readonly sleep?: (ms: number) => Promise<void>
  /** Resolves when the event loop has done what it had to do. */
  readonly turn?: () => Promise<void>
}

/** Who is refused is told so after such a part of the longest wait. */
const refusalPart = 10

const sleepFor = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/**
 * The pace of each client's requests, whatever they ask for: all of them share one event loop. After a burst they are let in one
 * by one at an even rate, and wait until then. By the generic cell rate algorithm (ITU-T I.371), which needs one number a client.
 *
 * Requests, and pieces of bodies, that come at the same time are let in one in a turn of the event loop, and after each the
 * client's next one rests for as long as that turn took: however slow the machine is, half of its time is for others, and theirs
 * come between.
 */
export class RequestPace {
  readonly #interval: number
  readonly #burstMs: number
  readonly #mostWaitMs: number
  readonly #now: () => number
  readonly #sleep: (ms: number) => Promise<void>
  readonly #turn: () => Promise<void>
  /** By client: when its next request may enter. */
  readonly #turns = new Map<string, Promise<void>>()
  /** By client: when its next request would be due at the even rate. */
  readonly #due = new Map<string, number>()
  #sweepAt = 1024

  constructor({ limits, now, sleep = sleepFor, turn = messagesFirst }: PaceOptions) {
    this.#interval = 1000 / limits.requestsPerSecond
    this.#burstMs = limits.requestBurst * this.#interval
    this.#mostWaitMs = limits.paceWaitMs
    this.#now = now
    this.#sleep = sleep
    this.#turn = turn
  }

  /** Resolves when the client's request may go on; one that is dear counts as several. Rejects with `request/busy`. */
  async enter(client: string, count = 1): Promise<void> {
    const now = this.#now()
    const due = Math.max(this.#due.get(client) ?? 0, now)
    const wait = due - now - this.#burstMs
    if (wait > this.#mostWaitMs) return this.#refuse(client, wait)
    this.#due.set(client, due + count * this.#interval)
    this.#sweep(now)
    if (wait > 0) await this.#sleep(wait)
    await this.turn(client)
  }

  /** Resolves in the client's turn, for a request that was let in and turned out to be as dear as so many more: its next ones wait for that. */
  async goOn(client: string, more: number): Promise<void> {
    const now = this.#now()
    this.#due.set(client, Math.max(this.#due.get(client) ?? 0, now) + more * this.#interval)
    await this.turn(client)
  }

  /** Not at once, and in the client's turn: who asks again after each refusal would have refusals written, and nothing else. */
  async #refuse(client: string, wait: number): Promise<never> {
    await this.#sleep(this.#mostWaitMs / refusalPart)
    await this.turn(client)
    busy(Math.ceil(wait / 1000))
  }

  /** Resolves when it is the client's turn of the event loop: for a request, or a piece of a body. */
  async turn(client: string): Promise<void> {
    const before = this.#turns.get(client)
    const next = this.#rest(before).finally(() => {
      if (this.#turns.get(client) === next) this.#turns.delete(client)
    })
    this.#turns.set(client, next)
    await before
  }

  /** Until the request that enters after `before` has had its turn, and as long again. */
  async #rest(before: Promise<void> | undefined): Promise<void> {
    await before
    const began = this.#now()
    await this.#turn()
    const took = this.#now() - began
    if (took >= 1) await this.#sleep(took)
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
