import type { AnswerStore, RunPlan, StoredAnswer } from '../../client/score.ts'
import type { RunStore } from './runStore.ts'

/**
 * How a run came to its end: with all its scores, by the person's word, by an error that may be mended, or with answers that
 * must not be believed, which are not gone on from.
 */
export type Ended = 'done' | 'cancelled' | 'failed' | 'withheld'

/** So many bytes of a run's answers are stored; what comes after that is scored again when the run is resumed. */
const mostBytes = 256 * 2 ** 20

interface CheckpointOptions {
  /** Records per chunk of the run's earlier part, if there is one. */
  readonly capacity: number | null
  /** Writes down what a fresh run is about. Resolves to whether its answers are stored from here on. */
  readonly write: (plan: RunPlan, signal: AbortSignal) => Promise<boolean>
  /** What becomes of it when the run has come to an end on the page. */
  readonly onEnd: (ended: Ended) => Promise<void>
}

/** Stores one run's answers as they come, and has those of its earlier part. */
export class Checkpoint implements AnswerStore {
  readonly capacity: number | null
  readonly #store: Pick<RunStore, 'saveAnswer' | 'answer'>
  readonly #options: CheckpointOptions
  readonly #over = new AbortController()
  /** Whether there is a note that answers can be added to. */
  #begun: Promise<boolean> = Promise.resolve(true)
  #bytes = 0

  constructor(store: Pick<RunStore, 'saveAnswer' | 'answer'>, options: CheckpointOptions) {
    this.capacity = options.capacity
    this.#store = store
    this.#options = options
  }

  /** Told once it is known how the run is cut, before any answer comes. Resolves to whether the run can be resumed. */
  begin(plan: RunPlan): Promise<boolean> {
    if (this.capacity === null) this.#begun = this.#options.write(plan, this.#over.signal).catch(() => false)
    return this.#begun
  }

  /** The answer that a chunk got in the run's earlier part, or null. */
  async earlier(chunk: number): Promise<StoredAnswer | null> {
    return this.capacity === null ? null : this.#store.answer(chunk)
  }

  /** Stores an answer, in its own time. What cannot be stored is scored again when the run is resumed. */
  save(chunk: number, answer: StoredAnswer): void {
    this.#bytes += answer.answer.length
    if (this.#bytes > mostBytes) return
    void this.#begun
      .then((begun) => (begun && !this.#over.signal.aborted ? this.#store.saveAnswer(chunk, answer) : undefined))
      .catch(() => {
        this.#bytes = Number.POSITIVE_INFINITY
      })
  }

  /** The run has come to an end on the page. */
  async end(ended: Ended): Promise<void> {
    this.#over.abort()
    await this.#begun
    await this.#options.onEnd(ended)
  }
}
