import { busy } from '../http/problem.ts'
import type { Limits } from '../limits.ts'
import { withinShare } from './share.ts'
import type { Admission } from './state.ts'

/** The admission of one process: several clients together leave places to another ({@link withinShare}). */
export class ProcessAdmission implements Admission {
  readonly #limits: Pick<Limits, 'requests' | 'requestsPerClient' | 'scorings'>
  readonly #ofClient = new Counts()
  readonly #scoringOf = new Counts()
  #requests = 0
  #scoring = 0

  constructor(limits: Pick<Limits, 'requests' | 'requestsPerClient' | 'scorings'>) {
    this.#limits = limits
  }

  get scoring(): number {
    return this.#scoring
  }

  async run<T>(client: string, handle: (begin: () => void) => Promise<T>): Promise<T> {
    const { requests, requestsPerClient, scorings } = this.#limits
    const own = this.#ofClient.of(client)
    if (own >= requestsPerClient || !withinShare(own, 1, this.#requests, requests)) busy()
    let begun = false
    this.#requests++
    this.#ofClient.add(client, 1)
    try {
      return await handle(() => {
        if (!withinShare(this.#scoringOf.of(client), 1, this.#scoring, scorings)) busy()
        this.#scoring++
        this.#scoringOf.add(client, 1)
        begun = true
      })
    } finally {
      if (begun) {
        this.#scoring--
        this.#scoringOf.add(client, -1)
      }
      this.#requests--
      this.#ofClient.add(client, -1)
    }
  }
}

/** Counts by client; who has none is forgotten. */
class Counts {
  readonly #counts = new Map<string, number>()

  of(client: string): number {
    return this.#counts.get(client) ?? 0
  }

  add(client: string, more: number): void {
    const count = this.of(client) + more
    if (count === 0) this.#counts.delete(client)
    else this.#counts.set(client, count)
  }
}
