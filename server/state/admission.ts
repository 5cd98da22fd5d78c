import type { Limits } from '../limits.ts'
import { Places } from './places.ts'
import type { Admission } from './state.ts'

/** The admission of one process. */
export class ProcessAdmission implements Admission {
  readonly #requests: Places
  readonly #scorings: Places

  constructor(limits: Pick<Limits, 'requests' | 'requestsPerClient' | 'scorings'>) {
    this.#requests = new Places(limits.requests, limits.requestsPerClient)
    this.#scorings = new Places(limits.scorings)
  }

  get scoring(): number {
    return this.#scorings.taken
  }

  async run<T>(client: string, handle: (begin: () => void) => Promise<T>): Promise<T> {
    const leave = this.#requests.take(client)
    let ended = (): void => {}
    try {
      return await handle(() => {
        ended = this.#scorings.take(client)
      })
    } finally {
      ended()
      leave()
    }
  }
}
