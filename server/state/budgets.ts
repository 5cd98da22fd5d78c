import { errorOf, fail } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import type { Limits } from '../limits.ts'
import type { Budget, BudgetStore, Charge, Left, Paid, Use } from './state.ts'

const pointsOf = {
  records: 'recordsPerHour',
  keys: 'keysPerHour',
  keyBytes: 'keyBytesPerHour',
} as const satisfies Record<Budget, keyof Limits>

/** The records that a client may have scored in an hour, where that was agreed with it; else null. */
export type OwnRecords = (client: string) => number | null

/** A chunk takes at most this part of a client's hour, so that little of the hour is left unused for want of a whole chunk. */
const chunkOfHour = 8

/** Slots that are to be paid for. */
export interface Slots {
  readonly client: string
  readonly slots: number
  /** Names the chunk that they are of, which is paid for once. */
  readonly once?: string
  readonly use: Use
}

/** What each client may have scored and checked in an hour. */
export class Budgets {
  readonly #store: BudgetStore
  readonly #limits: Pick<Limits, (typeof pointsOf)[Budget] | 'recordsPerChunk'>

  readonly #ownRecords: OwnRecords

  constructor(
    store: BudgetStore,
    limits: Pick<Limits, (typeof pointsOf)[Budget] | 'recordsPerChunk'>,
    ownRecords: OwnRecords,
  ) {
    this.#store = store
    this.#limits = limits
    this.#ownRecords = ownRecords
  }

  /**
   * Charges the slots of a request to the client's hour, whatever is in them: an answer has a score for each. Throws
   * `request/budget`; what was refused is not charged. Returns what gives them back, for an answer that did not come about.
   */
  async spendSlots({ client, slots, once, use }: Slots): Promise<() => Promise<void>> {
    this.mustFit(client, slots)
    const paid = await this.#spend('records', client, slots, { once, use })
    return () => this.#giveBack(paid)
  }

  /** Charges one new key of so many bytes to the client's hour. Throws `request/budget`. */
  async spendKey(client: string, bytes: number): Promise<void> {
    const paid = await this.#spend('keys', client, 1)
    try {
      await this.#spend('keyBytes', client, bytes)
    } catch (thrown) {
      await this.#giveBack(paid)
      throw thrown
    }
  }

  recordsPerHour(client: string): number {
    return this.#ownRecords(client) ?? this.#limits.recordsPerHour
  }

  /** Throws `request/too-large` for slots that no hour of the client's has. */
  mustFit(client: string, slots: number): void {
    const most = this.recordsPerHour(client)
    if (slots > most) fail('request/too-large', 'slotsAboveHour', { slots, most })
  }

  /** The most records that a client's chunk may declare. */
  recordsPerChunk(client: string): number {
    return Math.max(1, Math.min(this.#limits.recordsPerChunk, Math.floor(this.recordsPerHour(client) / chunkOfHour)))
  }

  /** The slots that a client has left of its hour. */
  left(client: string): Promise<Left> {
    return this.#store.left('records', client, this.recordsPerHour(client))
  }

  used(): ReturnType<BudgetStore['used']> {
    return this.#store.used()
  }

  async #spend(what: Budget, client: string, points: number, also: Pick<Charge, 'once' | 'use'> = {}): Promise<Paid> {
    const most = what === 'records' ? this.recordsPerHour(client) : this.#limits[pointsOf[what]]
    const spent = await this.#store.spend({ budget: what, client, points, most, ...also })
    if ('paid' in spent) return spent.paid
    const seconds = Math.max(1, Math.ceil(spent.wait / 1000))
    throw new RetryLater(errorOf('request/budget', 'budget', { points: most, what }), seconds)
  }

  /** What cannot be given back stays charged: that its answer failed is what is said. */
  async #giveBack(paid: Paid): Promise<void> {
    await this.#store.giveBack(paid).catch(() => {})
  }
}
