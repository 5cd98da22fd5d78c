import type { KeptAnswer, RunStore } from './runStore.ts'
import type { RunMap } from './scoreFile.ts'

/** So much of a run is kept, in bytes of answers; what comes after that is scored again when it is resumed. */
const mostKept = 256 * 2 ** 20

interface Keeping {
  /** Records per chunk of the run's earlier part, if there is one. */
  readonly capacity: number | null
  /** Writes down what a fresh run is about. Resolves to whether it is kept from here on. */
  readonly write: (map: RunMap, signal: AbortSignal) => Promise<boolean>
  /** What becomes of it when the run has come to an end on the page. */
  readonly onEnd: (ended: Ended) => Promise<void>
}

/** How a run came to its end: with all its scores, by the person's word, or by an error that may be mended. */
export type Ended = 'done' | 'cancelled' | 'failed'

/** Keeps one run's answers as they come, and has those of its earlier part. */
export class Keeper {
  readonly capacity: number | null
  readonly #store: Pick<RunStore, 'keep' | 'answer'>
  readonly #keeping: Keeping
  readonly #over = new AbortController()
  /** Whether there is a note that answers can be added to. */
  #begun: Promise<boolean> = Promise.resolve(true)
  #bytes = 0

  constructor(store: Pick<RunStore, 'keep' | 'answer'>, keeping: Keeping) {
    this.capacity = keeping.capacity
    this.#store = store
    this.#keeping = keeping
  }

  /** Told once it is known how the run is cut, before any answer comes. Resolves to whether the run is kept. */
  begin(map: RunMap): Promise<boolean> {
    if (this.capacity === null) this.#begun = this.#keeping.write(map, this.#over.signal).catch(() => false)
    return this.#begun
  }

  /** The answer that a chunk got in the run's earlier part, or null. */
  async earlier(chunk: number): Promise<KeptAnswer | null> {
    return this.capacity === null ? null : this.#store.answer(chunk)
  }

  /** Keeps an answer, in its own time. What cannot be kept is scored again when the run is resumed. */
  keep(chunk: number, answer: KeptAnswer): void {
    this.#bytes += answer.answer.length
    if (this.#bytes > mostKept) return
    void this.#begun
      .then((begun) => (begun && !this.#over.signal.aborted ? this.#store.keep(chunk, answer) : undefined))
      .catch(() => {
        this.#bytes = Number.POSITIVE_INFINITY
      })
  }

  /** The run has come to an end on the page. */
  async end(ended: Ended): Promise<void> {
    this.#over.abort()
    await this.#begun
    await this.#keeping.onEnd(ended)
  }
}
