import type { Layout, Scheme } from '../../core/protocol/scheme.ts'
import type { ScoredModel } from '../../model/verdict.ts'
import { sha256Hex } from '../digest.ts'
import { fail } from '../faults.ts'
import type { AnswerLedger } from './state.ts'

/** How often models were answered with, by what they weigh: their names and texts may change, and the count goes on. */
export class Answers {
  readonly #ledger: AnswerLedger
  readonly #names = new WeakMap<ScoredModel, string>()

  constructor(ledger: AnswerLedger) {
    this.#ledger = ledger
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
