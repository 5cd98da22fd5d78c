import type { ModelList, ScoringServer } from '../../client/server.ts'
import type { Card } from '../../core/card/card.ts'
import { type Match, matchColumns } from '../../reader/matching.ts'
import { hasKeptColumns } from './keptPlace.ts'
import { wholeFits } from './questions.ts'
import type { Fit, SessionState } from './state.ts'
import { Latest, type SessionStore } from './store.ts'

/** So many models are looked at; a person who has more chooses one. */
const mostModels = 50

/** Which of the server's models the present file's columns fit. Cards are fetched; nothing of the file leaves. */
export class FitsSlice {
  readonly #store: SessionStore
  readonly #server: Pick<ScoringServer, 'card'>
  readonly #looking = new Latest()
  readonly #cards = new Map<string, Card>()

  constructor(store: SessionStore, server: Pick<ScoringServer, 'card'>) {
    this.#store = store
    this.#server = server
  }

  /** Matches the file's columns against every model's. A model whose card is not to be had fits nothing. */
  async look(models: ModelList['models']): Promise<void> {
    const signal = this.#looking.begin()
    const { preview } = this.#store.getState()
    if (!preview) return
    const fits: Fit[] = []
    for (const { id, title } of models.slice(0, mostModels)) {
      const card = await this.#card(id, signal)
      if (signal.aborted) return
      if (!card) continue
      const matched = (await matchesOf(card, preview.header)).filter(({ column }) => column !== null).length
      if (signal.aborted) return
      fits.push({ id, title, matched, total: card.features.length })
    }
    const share = ({ matched, total }: Fit): number => matched / Math.max(1, total)
    fits.sort((a, b) => share(b) - share(a) || b.total - a.total)
    if (this.#store.getState().preview === preview) this.#store.setState({ fits: { preview, models: fits } })
  }

  async #card(id: string, signal: AbortSignal): Promise<Card | null> {
    const { card } = this.#store.getState()
    const known = card?.id === id ? card : this.#cards.get(id)
    const found = known ?? (await this.#server.card(id, signal).catch(() => null))
    if (found) this.#cards.set(id, found)
    return found
  }
}

/** The columns that a model would have: by their names, and as they were chosen for earlier files. */
async function matchesOf(card: Card, header: readonly string[]): Promise<readonly Match[]> {
  const matches = matchColumns(card, header)
  const kept = hasKeptColumns() ? await import('./keptColumns.ts').catch(() => null) : null
  return kept ? kept.recalled(card, header, matches) : matches
}

/** The one model that the present file's columns fit as a whole, or null where none does, or several do. */
export function onlyFit(state: Pick<SessionState, 'fits' | 'preview'>): Fit | null {
  const [first, second] = wholeFits(state)
  return first && !second ? first : null
}
