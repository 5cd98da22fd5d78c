import type { RunReceipt } from '../../client/runReceipt.ts'
import type { Card } from '../../core/card/card.ts'
import type { Threshold } from '../../core/card/threshold.ts'
import { planOf } from './questions.ts'
import { isBusy, type RunState } from './runState.ts'
import type { Scores } from './scored.ts'
import { rowIn } from './scored.ts'
import { noFile, type Result, type SessionState } from './state.ts'
import type { SessionStore } from './store.ts'

/**
 * The results of this tab. Another file, another model or a change of mind drops what the page shows of a run, and none of
 * them its result: that stays until the person lets it go or the tab ends.
 */
export class ResultsSlice {
  readonly #store: SessionStore
  readonly #putBack: (state: Partial<SessionState>) => void
  #id = 0

  /** `putBack`: makes the page stand as it stood, whatever is under way. */
  constructor(store: SessionStore, putBack: (state: Partial<SessionState>) => void) {
    this.#store = store
    this.#putBack = putBack
  }

  /** The run has come to its end; its scores are in the state. */
  add(): void {
    const { card, scores } = this.#store.getState()
    if (card && scores) this.#add({ card, scores, of: ofFile(this.#store.getState()), partial: false })
  }

  /** A run ended before its end: what it scored up to then is a result too. Resolves to how many records that are. */
  addPartial(scores: Scores | null, run: Partial<RunState> = { status: 'cancelled' }): number {
    const state = this.#store.getState()
    const { card } = state
    if (!card || !scores) return 0
    const scored = scores.rows.length
    const ended = { ...run, scored } as RunState
    this.#add({ card, scores, of: { ...ofFile(state), scores, run: ended }, partial: true })
    return scored
  }

  /** What a longer run over the same reading of a file scored holds what a shorter one did. */
  #add(result: Omit<Result, 'id' | 'at' | 'saved'>): Result {
    const id = ++this.#id
    const added = { ...result, id, at: Date.now(), saved: false }
    const held = ({ partial, card, of, scores }: Result): boolean =>
      partial &&
      card.hash === result.card.hash &&
      of.preview === result.of.preview &&
      of.matches === result.of.matches &&
      of.repairs === result.of.repairs &&
      scores.rows.every((row) => rowIn(result.scores.rows, row))
    this.#store.setState(({ results }) => ({
      results: [...results.filter((each) => !held(each)), added],
    }))
    return added
  }

  /** What a run came to that was handed over, with the file as it was read when it was fetched, and its receipt. */
  addFetched({ card, of, scores }: Pick<Result, 'card' | 'of' | 'scores'>, fetched: RunReceipt): Result {
    const run = { status: 'done' } as const
    return this.#add({ card, scores, of: { ...of, scores, map: null, fetched, run }, partial: false })
  }

  /** The page stands again as it stood when these were its scores. A run that is under way goes on instead. */
  show({ card, of }: Result): void {
    if (isBusy(this.#store.getState())) return
    this.#putBack({ ...of, card })
  }

  /** The latest result of the present file under that card, if there is one: shown again. */
  showOf(card: Card): boolean {
    const { file, results } = this.#store.getState()
    const result = results.findLast(
      ({ card: { hash }, of, partial }) => hash === card.hash && of.file === file && !partial,
    )
    if (!result || isBusy(this.#store.getState())) return false
    this.show(result)
    return true
  }

  /** The scores of what a run would score now, where this tab has them: the same file, read the same way, by the same model. */
  same(): Result | null {
    const state = this.#store.getState()
    const { source, origin, card } = state
    if (!source || !card || origin !== 'own') return null
    const plan = readingOf(state)
    return (
      state.results.findLast(
        (result) =>
          !result.partial &&
          result.card.hash === card.hash &&
          isSameFile(result.of.source, source) &&
          readingOf({ ...state, ...result.of, card }) === plan,
      ) ?? null
    )
  }

  /** The person decides by this from now on, also where the result is saved later; no more where it is null. */
  decideBy(threshold: Threshold | null): void {
    this.#store.setState(({ results, scores }) => ({
      threshold,
      results: results.map((result) =>
        result.scores === scores ? { ...result, saved: false, of: { ...result.of, threshold } } : result,
      ),
    }))
  }

  noteSaved(scores: Scores): void {
    this.#store.setState(({ results }) => ({
      results: results.map((result) => (result.scores === scores ? { ...result, saved: true } : result)),
    }))
  }

  letGo({ id }: Result): void {
    this.#store.setState(({ results }) => ({ results: results.filter((result) => result.id !== id) }))
  }
}

/** The results that the page does not show. */
export function earlierResults({ results, scores }: Pick<SessionState, 'results' | 'scores'>): readonly Result[] {
  return results.filter((result) => result.scores !== scores)
}

/** Scores of a person's own records that are in this tab and nowhere else. */
export function hasUnsaved({ results }: Pick<SessionState, 'results'>): boolean {
  return results.some(({ saved, of }) => !saved && of.origin === 'own')
}

/** A file that was handed in again is another object, of the same file on the disk. */
function isSameFile(a: File | null, b: File): boolean {
  return a !== null && a.name === b.name && a.size === b.size && a.lastModified === b.lastModified
}

/** How a file is read, to compare. */
function readingOf(state: SessionState): string {
  const { card: _, ...reading } = planOf(state) ?? { card: null }
  return JSON.stringify(reading)
}

export function ofFile(state: SessionState): Result['of'] {
  const entries = Object.keys(noFile).map((name) => [name, state[name as keyof Result['of']]])
  return Object.fromEntries(entries) as unknown as Result['of']
}
