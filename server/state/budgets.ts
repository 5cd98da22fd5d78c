import { errorOf } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import type { Limits } from '../limits.ts'
import type { BudgetStore } from './state.ts'

/** What each client may have scored and checked in an hour. */
export class Budgets {
  readonly #store: BudgetStore
  readonly #limits: Pick<Limits, 'recordsPerHour' | 'keysPerHour'>

  constructor(store: BudgetStore, limits: Pick<Limits, 'recordsPerHour' | 'keysPerHour'>) {
    this.#store = store
    this.#limits = limits
  }

  /** Charges records to the client's hour. Throws `request/budget`; what was refused is not charged. */
  async spendRecords(client: string, records: number): Promise<void> {
    const wait = await this.#store.spend('records', client, records)
    if (wait !== null) refuse(this.#limits.recordsPerHour, 'records', wait)
  }

  /** Charges one new key to the client's hour. Throws `request/budget`. */
  async spendKey(client: string): Promise<void> {
    const wait = await this.#store.spend('keys', client, 1)
    if (wait !== null) refuse(this.#limits.keysPerHour, 'keys', wait)
  }
}

function refuse(points: number, what: 'records' | 'keys', milliseconds: number): never {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  throw new RetryLater(errorOf('request/budget', 'budget', { points, what }), seconds)
}
