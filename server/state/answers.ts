import type { Layout, Scheme } from '../../core/protocol/scheme.ts'
import type { ScoredModel } from '../../model/verdict.ts'
import { sha256Hex } from '../digest.ts'
import { errorOf, fail } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import { hourMs } from './budgetBook.ts'
import type { Budgets } from './budgets.ts'
import { LruMap } from './lru.ts'
import type { AnswerLedger } from './state.ts'

/** A client's chunks are answered, in an hour, for so many times the slots that it pays for at most. */
const times = 2
const clientsRemembered = 65_536

/** How often models were answered with, by what they weigh: their names and texts may change, and the count goes on. */
export class Answers {
  readonly #ledger: AnswerLedger
  readonly #budgets: Pick<Budgets, 'recordsPerHour'>
  readonly #now: () => number
  readonly #hours = new LruMap<string, { readonly since: number; readonly slots: number }>(clientsRemembered)
  readonly #names = new WeakMap<ScoredModel, string>()

  /** `now`: milliseconds on a clock that only goes forward. */
  constructor(ledger: AnswerLedger, budgets: Pick<Budgets, 'recordsPerHour'>, now: () => number) {
    this.#ledger = ledger
    this.#budgets = budgets
    this.#now = now
  }

  /**
   * Bounds what a client's chunks wear a model: what is sent again is not charged again, and each answer is another sight of the weights,
   * of which there are so many for everybody. Throws `request/budget`.
   */
  bound(client: string, { mostAnsweredSlots }: Scheme, slots: number): void {
    if (mostAnsweredSlots === null) return
    const now = this.#now()
    const most = times * this.#budgets.recordsPerHour(client)
    const last = this.#hours.get(client)
    const hour = last !== undefined && now - last.since < hourMs ? last : { since: now, slots: 0 }
    if (hour.slots + slots > most) {
      const seconds = Math.max(1, Math.ceil((hour.since + hourMs - now) / 1000))
      throw new RetryLater(errorOf('request/budget', 'budget', { points: most, what: 'records' }), seconds)
    }
    this.#hours.set(client, { since: hour.since, slots: hour.slots + slots })
  }

  /**
   * Counts an answer before it is computed, whether or not it was given before: each is another sight of the weights. Throws
   * `model/exhausted` for one too many.
   */
  async count({ mostAnsweredSlots }: Scheme, model: ScoredModel, layout: Layout, records: number): Promise<void> {
    if (mostAnsweredSlots === null) return
    const name = this.#names.get(model) ?? weightsDigest(model)
    this.#names.set(model, name)
    const slots = layout.answeredSlots(records) * model.heads.length
    if (await this.#ledger.take(name, slots, mostAnsweredSlots)) return
    fail('model/exhausted', 'answersExhausted', { most: mostAnsweredSlots })
  }
}

function weightsDigest({ card, heads }: ScoredModel): string {
  return sha256Hex(JSON.stringify([card.slotBits, heads.map(({ weights, constant }) => [[...weights], `${constant}`])]))
}
