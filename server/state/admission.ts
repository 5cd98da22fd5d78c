import { busy } from '../http/problem.ts'
import type { Limits } from '../limits.ts'
import type { Admission } from './state.ts'

/** The admission of one process. */
export class ProcessAdmission implements Admission {
  readonly #limits: Pick<Limits, 'requests' | 'requestsPerClient' | 'scorings'>
  readonly #ofClient = new Map<string, number>()
  #requests = 0
  #scoring = 0

  constructor(limits: Pick<Limits, 'requests' | 'requestsPerClient' | 'scorings'>) {
    this.#limits = limits
  }

  get scoring(): number {
    return this.#scoring
  }

  async run<T>(client: string, handle: (begin: () => void) => Promise<T>): Promise<T> {
    const own = this.#ofClient.get(client) ?? 0
    if (own >= this.#limits.requestsPerClient || this.#requests >= this.#limits.requests) busy()
    let begun = false
    this.#requests++
    this.#ofClient.set(client, own + 1)
    try {
      return await handle(() => {
        if (this.#scoring >= this.#limits.scorings) busy()
        this.#scoring++
        begun = true
      })
    } finally {
      if (begun) this.#scoring--
      this.#requests--
      const left = (this.#ofClient.get(client) ?? 1) - 1
      if (left === 0) this.#ofClient.delete(client)
      else this.#ofClient.set(client, left)
    }
  }
}
