import { errorOf } from './faults.ts'
import { ServerProblem } from './server.ts'

/** What a server said that it lets a client have: slots left of an hour of so many, and when that begins anew, in milliseconds since 1970. */
export interface HourSaid {
  readonly left: number
  readonly perHour: number
  readonly at: number
}

/**
 * What is left of the server's hour for a run, as far as that is known: what there is no room for is not sent to be refused. After the
 * first refusal of any kind nothing is known any more, and the server is asked.
 */
export class HourRoom {
  #said: HourSaid | null

  constructor(said: HourSaid | null) {
    this.#said = said
  }

  /** Takes the slots of a request. Throws `request/budget`, as the server would, where so many are not left. */
  take(slots: number): void {
    if (this.#said === null) return
    const { left, perHour, at } = this.#said
    const seconds = Math.ceil((at - Date.now()) / 1000)
    this.#said = slots <= left ? { left: left - slots, perHour, at } : null
    if (this.#said !== null || seconds <= 0) return
    const says = { detail: '', fault: 'budget', facts: { points: perHour, what: 'records' } }
    throw new ServerProblem(errorOf('request/budget', 'serverSays', says), 429, seconds)
  }

  /** What was known holds no more. */
  forget(): void {
    this.#said = null
  }
}
