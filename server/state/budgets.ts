import { errorOf } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import type { Limits } from '../limits.ts'
import type { Budget, BudgetStore } from './state.ts'

const pointsOf = {
  records: 'recordsPerHour',
  keys: 'keysPerHour',
  keyBytes: 'keyBytesPerHour',
} as const satisfies Record<Budget, keyof Limits>

/** What each client may have scored and checked in an hour. */
export class Budgets {
  readonly #store: BudgetStore
  readonly #limits: Pick<Limits, (typeof pointsOf)[Budget]>

  constructor(store: BudgetStore, limits: Pick<Limits, (typeof pointsOf)[Budget]>) {
    this.#store = store
    this.#limits = limits
  }

  /**
   * Charges the slots of a request to the client's hour, whatever is in them: an answer has a score for each. Throws
   * `request/budget`; what was refused is not charged. Returns what gives them back, for an answer that did not come about.
   */
  async spendSlots(client: string, slots: number): Promise<() => Promise<void>> {
    await this.#spend('records', client, slots)
    return () => this.#store.giveBack('records', client, slots)
  }

  /** Charges one new key of so many bytes to the client's hour. Throws `request/budget`. */
  async spendKey(client: string, bytes: number): Promise<void> {
    await this.#spend('keys', client, 1)
    try {
      await this.#spend('keyBytes', client, bytes)
    } catch (thrown) {
      await this.#store.giveBack('keys', client, 1)
      throw thrown
    }
  }

  async #spend(what: Budget, client: string, points: number): Promise<void> {
    const wait = await this.#store.spend(what, client, points)
    if (wait === null) return
    const seconds = Math.max(1, Math.ceil(wait / 1000))
    throw new RetryLater(errorOf('request/budget', 'budget', { points: this.#limits[pointsOf[what]], what }), seconds)
  }
}
