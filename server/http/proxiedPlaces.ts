import type { Limits } from '../limits.ts'
import { Places } from '../state/places.ts'
import type { RequestPace } from './pace.ts'

/** A proxy's connections are not its clients': what a client has under way through one is bounded in place of those. */
export class ProxiedPlaces {
  readonly #places: Places
  readonly #pace: RequestPace

  constructor({ connections, connectionsPerClient }: Limits, pace: RequestPace) {
    this.#places = new Places(connections, connectionsPerClient)
    this.#pace = pace
  }

  /** Runs `work` in a place of the client's. Rejects with `request/busy`, in the client's turn, where there is none. */
  async within<T>(client: string, work: () => Promise<T>): Promise<T> {
    const leave = await this.#take(client)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  async #take(client: string): Promise<() => void> {
    try {
      return this.#places.take(client)
    } catch (thrown) {
      await this.#pace.turn(client)
      throw thrown
    }
  }
}
