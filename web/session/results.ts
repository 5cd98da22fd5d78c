import type { Card } from '../../core/card/card.ts'
import type { Scores } from './scoreFile.ts'
import { isBusy, noFile, type Result, type SessionState } from './state.ts'
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
    if (!card || !scores) return
    const id = ++this.#id
    this.#store.setState((state) => ({
      results: [...state.results, { id, at: Date.now(), card, scores, of: ofFile(state), saved: false }],
    }))
  }

  /** The page stands again as it stood when these were its scores. A run that is under way goes on instead. */
  show({ card, of }: Result): void {
    if (isBusy(this.#store.getState())) return
    this.#putBack({ ...of, card })
  }

  /** The latest result of the present file under that card, if there is one: shown again. */
  showOf(card: Card): boolean {
    const { file, results } = this.#store.getState()
    const result = results.findLast(({ card: { hash }, of }) => hash === card.hash && of.file === file)
    if (result) this.show(result)
    return result !== undefined
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

function ofFile(state: SessionState): Result['of'] {
  const entries = Object.keys(noFile).map((name) => [name, state[name as keyof Result['of']]])
  return Object.fromEntries(entries) as unknown as Result['of']
}
