import type { Limits } from '../limits.ts'
import { withinShare } from '../state/share.ts'
import { busy } from './problem.ts'

/** What one request's body takes. */
export interface Holding {
  /** Takes more. Throws `request/busy` when the client, or all of them, hold too much already. */
  take(bytes: number): void
  /** Gives back all that was taken. */
  release(): void
}

/** The memory of bodies that are coming or waiting to be scored: bounded by client and in all, however slowly they come. */
export class BodyMemory {
  readonly #limits: Pick<Limits, 'bodyMemoryPerClient' | 'bodyMemory'>
  readonly #ofClient = new Map<string, number>()
  #all = 0

  constructor(limits: Pick<Limits, 'bodyMemoryPerClient' | 'bodyMemory'>) {
    this.#limits = limits
  }

  get bytes(): number {
    return this.#all
  }

  hold(client: string): Holding {
    let held = 0
    return {
      take: (bytes) => {
        const own = this.#ofClient.get(client) ?? 0
        const { bodyMemory, bodyMemoryPerClient } = this.#limits
        if (own + bytes > bodyMemoryPerClient || !withinShare(own, bytes, this.#all, bodyMemory)) busy()
        held += bytes
        this.#all += bytes
        this.#ofClient.set(client, own + bytes)
      },
      release: () => {
        const own = (this.#ofClient.get(client) ?? 0) - held
        if (own > 0) this.#ofClient.set(client, own)
        else this.#ofClient.delete(client)
        this.#all -= held
        held = 0
      },
    }
  }
}
