import type { AnswerLedger } from './state.ts'

/** A ledger that forgets with its process. */
export class MemoryLedger implements AnswerLedger {
  readonly #answered = new Map<string, number>()

  async take(name: string, slots: number, most: number): Promise<boolean> {
    const answered = (this.#answered.get(name) ?? 0) + slots
    if (answered > most) return false
    this.#answered.set(name, answered)
    return true
  }
}
