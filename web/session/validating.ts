import { createStore, type StoreApi } from 'zustand/vanilla'
import type { RpcHost } from '../../rpc/rpcHost.ts'
import type { Validation } from '../../validation/compare.ts'
import type { KnownScores, LookedAt, Meaning, OutcomeFacts } from '../../validation/readPairs.ts'
import type { ValidateApi } from '../trainer/worker-validate.ts'
import type { SessionState } from './state.ts'
import { Latest } from './store.ts'
import { telling } from './telling.ts'

/** What is compared: the scores, by their column in the file or known by its rows, and what is known of them. */
export interface ScoredFile {
  readonly file: LookedAt
  readonly name: string
  readonly score: number | KnownScores
  /** What the scores are called. */
  readonly scoreName: string
  /** From which score on a record counts as an event; null where nobody has said. */
  readonly threshold: number | null
}

/** What was found, whoever made the scores. */
export type Compared = Omit<Validation, 'claim' | 'model'>

export interface ValidatingState {
  /** The outcome's column, and what is in it once that was looked at. */
  readonly outcome: number | null
  readonly facts: OutcomeFacts | null
  /** What of it is compared; null while that is in doubt. */
  readonly meaning: Meaning | null
  readonly busy: boolean
  readonly found: Compared | null
  readonly error: unknown
}

const nothing: ValidatingState = { outcome: null, facts: null, meaning: null, busy: false, found: null, error: null }

/** Scores against an outcome that stayed here. All of it is in the worker and this tab. */
export class Validating {
  readonly store: StoreApi<ValidatingState> = createStore(() => nothing)
  readonly #worker: RpcHost<ValidateApi>
  readonly #scored: ScoredFile
  readonly #work = new Latest()
  readonly #deciding = new Latest()

  constructor(worker: RpcHost<ValidateApi>, scored: ScoredFile) {
    this.#worker = worker
    this.#scored = scored
  }

  /** The outcome is in that column. Where there is no doubt of what counts as an event, it is compared at once. */
  async choose(outcome: number): Promise<void> {
    const { file } = this.#scored
    const { format, header } = file.preview
    await this.#do({ ...nothing, outcome }, async (signal) => {
      const plan = { format, width: header.length }
      const facts = await this.#worker.call((worker) => worker.facts(file.file as Blob, plan, outcome), signal)
      this.store.setState({ facts, meaning: facts.meaning })
      if (facts.meaning !== null) await this.#compare(signal)
    })
  }

  /** The person says what of the outcomes is an event, or that they are amounts. */
  async mean(meaning: Meaning): Promise<void> {
    await this.#do({ meaning, found: null }, (signal) => this.#compare(signal))
  }

  async #compare(signal: AbortSignal): Promise<void> {
    const { file, name, score, scoreName, threshold } = this.#scored
    const { outcome, facts, meaning } = this.store.getState()
    if (outcome === null || facts === null || meaning === null) return
    const levels = facts.levels.map(({ text }) => text)
    const { leftOut, ...figures } = await this.#worker.call(
      (worker) => worker.compare(file, { score, outcome }, meaning, levels, threshold),
      signal,
    )
    const event = meaning === 'amounts' ? null : meaning === 'ones' ? '1' : meaning.event
    const names = { score: scoreName, outcome: file.preview.header[outcome] ?? '', event }
    this.store.setState({ found: { ...names, leftOut, file: name, ...figures } })
  }

  /** The counts at another threshold, once they are there. */
  async decideBy(threshold: number): Promise<void> {
    const signal = this.#deciding.begin()
    try {
      const confusion = await this.#worker.call((worker) => worker.at(threshold), signal)
      const { found } = this.store.getState()
      if (found && confusion) this.store.setState({ found: { ...found, confusion } })
    } catch (error) {
      if (!signal.aborted) this.store.setState({ error })
    }
  }

  #do(state: Partial<ValidatingState>, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#deciding.stop()
    return telling(this.store, this.#work, state, work)
  }

  /** The worker and all that it holds is let go. */
  end(): void {
    this.#work.stop()
    this.#deciding.stop()
    this.#worker.end()
  }
}

/** The session's file as it was looked at; null while there is none. */
export function lookedAt({ file, preview, table, totals, tables }: SessionState): LookedAt | null {
  if (!file || !preview) return null
  return {
    file,
    preview,
    table,
    said: { ...(totals && { totals: 'score' as const }), ...(tables && { tables: 'score' as const }) },
  }
}
