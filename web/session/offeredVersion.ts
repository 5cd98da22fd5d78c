import type { LaterParts } from './laterParts.ts'

/** A server that says nothing for so long, in milliseconds, is not waited for: what begins then finds out what is wrong. */
const patience = 5000

/**
 * Asks the server anew, before something begins with the model that the page shows, whether it still has that version. The card that a
 * person read and a file was checked for is the one that is used: where there is another by now, the person is asked which.
 */
export class OfferedVersion {
  readonly #parts: Pick<LaterParts, 'store' | 'server' | 'budget'>
  /** What waits for the person's word. */
  #go: (() => void) | null = null
  #asked = 0
  /** The versions in place of which the person went on with the earlier one, with that. */
  readonly #kept = new Set<string>()

  constructor(parts: Pick<LaterParts, 'store' | 'server' | 'budget'>) {
    this.#parts = parts
  }

  /** Does it where the page's version is the server's, or once the person has said so; not where the page has moved on meanwhile. */
  async before(go: () => void): Promise<void> {
    const { store, server, budget } = this.#parts
    const { card, report } = store.getState()
    const asked = ++this.#asked
    const list = await server.models(AbortSignal.timeout(patience)).catch(() => null)
    const state = store.getState()
    if (asked !== this.#asked || !card || state.card !== card || state.report !== report) return
    if (list) budget.told(list)
    const now = list?.models.find(({ id }) => id === card.id) ?? null
    if (list === null || now?.hash === card.hash || this.#kept.has(change(card, now))) return go()
    this.#go = go
    store.setState({ offered: { now } })
  }

  /** Goes on with the version that the page shows. */
  keep(): void {
    const { card, offered } = this.#parts.store.getState()
    if (card && offered) this.#kept.add(change(card, offered.now))
    const go = this.#go
    this.close()
    go?.()
  }

  /** Nothing is begun. */
  close(): void {
    this.#go = null
    this.#parts.store.setState({ offered: null })
  }
}

interface Hashed {
  readonly hash: string
}

const change = (card: Hashed, now: Hashed | null): string => `${card.hash} ${now?.hash ?? ''}`
