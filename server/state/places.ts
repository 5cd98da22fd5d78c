import { busy } from '../http/problem.ts'
import { withinShare } from './share.ts'

/** Places of all clients, of which several together leave some to another ({@link withinShare}). */
export class Places {
  readonly #ofClient = new Map<string, number>()
  readonly #most: number
  readonly #mostOfClient: number
  #taken = 0

  constructor(most: number, mostOfClient = Number.POSITIVE_INFINITY) {
    this.#most = most
    this.#mostOfClient = mostOfClient
  }

  get taken(): number {
    return this.#taken
  }

  of(client: string): number {
    return this.#ofClient.get(client) ?? 0
  }

  /** Throws `request/busy`. Returns what gives the place back, once. */
  take(client: string): () => void {
    const own = this.of(client)
    if (own >= this.#mostOfClient || !withinShare(own, 1, this.#taken, this.#most)) busy()
    this.#count(client, 1)
    let isGiven = false
    return () => {
      if (!isGiven) this.#count(client, -1)
      isGiven = true
    }
  }

  /** Who has none is forgotten. */
  #count(client: string, more: number): void {
    const own = this.of(client) + more
    this.#taken += more
    if (own === 0) this.#ofClient.delete(client)
    else this.#ofClient.set(client, own)
  }
}
