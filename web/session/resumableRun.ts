import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { AnswerKeeper, KeptAnswer, RunPlan } from '../../client/score.ts'
import { unforeseen } from '../../core/errors.ts'
import { fileDigest, planDigest } from './fileDigest.ts'
import { planOf, type ResumableRun, type RunNote } from './state.ts'
import { Latest, type SessionStore } from './store.ts'

/**
 * A run that outlives its tab: its answers as the server sent them, sealed, with what is needed to go on from them.
 * There is one at most on a device; it is kept from a run's begin to its end, looked for when the page opens, and compared
 * with the present file whenever that is checked.
 */

/** How a run came to its end: with all its scores, by the person's word, or by an error that may be mended. */
export type Ended = 'done' | 'cancelled' | 'failed'

/** Which run there is that can be resumed, whether the present file is its file, and what keeps the next one. */
export class ResumableRuns {
  readonly #store: SessionStore
  readonly #kept = new RunStore()
  readonly #comparing = new Latest()

  constructor(store: SessionStore) {
    this.#store = store
  }

  /** Looks for a run that did not come to its end. */
  async look(): Promise<void> {
    const found = await this.#kept.load()
    if (!found) return
    const { note, chunks } = found
    // Nothing was answered, so there is nothing to go on from.
    if (chunks.length === 0) return this.#kept.discard()
    const last = Math.ceil(note.scorable / note.capacity) - 1
    const recordsOf = (chunk: number) => (chunk === last ? note.scorable - last * note.capacity : note.capacity)
    const scored = chunks.reduce((sum, chunk) => sum + recordsOf(chunk), 0)
    this.#store.setState({ resumableRun: { note, scored, fits: false } })
    await this.compare()
  }

  /** Looks whether the present file, as it is read now, is the one that the run is about. */
  async compare(): Promise<void> {
    const signal = this.#comparing.begin()
    const { resumableRun, card, report } = this.#store.getState()
    if (!resumableRun) return
    const { note } = resumableRun
    const unfit = { ...resumableRun, fits: false }
    this.#store.setState({ resumableRun: unfit })
    if (card?.hash !== note.cardHash || report?.scorable !== note.scorable) return
    const reading = await this.#reading(signal).catch(() => null)
    const fits = reading?.file === note.file && reading.plan === note.plan
    const { resumableRun: now, report: still } = this.#store.getState()
    if (fits && now === unfit && still === report) this.#store.setState({ resumableRun: { ...unfit, fits } })
  }

  async discard(): Promise<void> {
    this.#store.setState({ resumableRun: null })
    await this.#kept.discard()
  }

  /**
   * What keeps a run's answers, where they are of use after the tab: with a remembered key, and unless a run over another
   * file is kept. One over the same file is begun anew by this.
   */
  keeper(resumed: ResumableRun | null): RunKeeper | null {
    const { key, resumableRun } = this.#store.getState()
    const remembered = 'held' in key && key.held.remembered
    if (!resumed && (!remembered || (resumableRun && !resumableRun.fits))) return null
    if (!resumed) this.#store.setState({ resumableRun: null })
    return new RunKeeper(this.#kept, {
      capacity: resumed?.note.capacity ?? null,
      write: (plan, signal) => this.#write(plan, signal),
      // After an error there is something to resume right here.
      onEnd: (ended) => (ended === 'failed' ? this.look() : this.discard()),
    })
  }

  async #write({ key, capacity }: RunPlan, signal: AbortSignal): Promise<boolean> {
    const { source, card, report } = this.#store.getState()
    if (!source || !card || !report) return false
    const about = { fileName: source.name, cardHash: card.hash, modelTitle: card.title, scorable: report.scorable }
    const reading = await this.#reading(signal)
    return this.#kept.begin({ ...about, ...reading, key, capacity })
  }

  /** What a run reads, and how. */
  async #reading(signal: AbortSignal): Promise<Pick<RunNote, 'file' | 'plan'>> {
    const state = this.#store.getState()
    const plan = planOf(state)
    if (!state.file || !plan) unforeseen('a digest without a file')
    const { format, columns, width, repairs } = plan
    return { file: await fileDigest(state.file, signal), plan: await planDigest({ format, columns, width, repairs }) }
  }
}

/** So much of a run is kept, in bytes of answers; what comes after that is scored again when it is resumed. */
const mostKept = 256 * 2 ** 20

interface Keeping {
  /** Records per chunk of the run's earlier part, if there is one. */
  readonly capacity: number | null
  /** Writes down what a fresh run is about. Resolves to whether it is kept from here on. */
  readonly write: (plan: RunPlan, signal: AbortSignal) => Promise<boolean>
  /** What becomes of it when the run has come to an end on the page. */
  readonly onEnd: (ended: Ended) => Promise<void>
}

/** Keeps one run's answers as they come, and has those of its earlier part. */
export class RunKeeper implements AnswerKeeper {
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
  begin(plan: RunPlan): Promise<boolean> {
    if (this.capacity === null) this.#begun = this.#keeping.write(plan, this.#over.signal).catch(() => false)
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

/** After so many milliseconds the lock counts as another tab's: a page that is just being left lets go of it sooner. */
const takenAfter = 1000

interface Schema extends DBSchema {
  notes: { key: 'run'; value: RunNote }
  answers: { key: number; value: KeptAnswer }
}

/** The run that this device keeps. One tab is in charge of it at a time, by a lock that it holds until it lets go. */
export class RunStore {
  #database: IDBPDatabase<Schema> | null = null
  #letGo: (() => void) | null = null

  /** The run, with the chunks that are answered, or null: there is none, or another tab is at it. */
  async load(): Promise<{ readonly note: RunNote; readonly chunks: readonly number[] } | null> {
    if (!(await this.#take())) return null
    try {
      const database = await this.#open()
      const note = await database.get('notes', 'run')
      const chunks = await database.getAllKeys('answers')
      if (note) return { note, chunks }
    } catch {
      // A browser that keeps nothing has kept nothing.
    }
    this.release()
    return null
  }

  /** Begins to keep a run in place of an earlier one. False where another tab is at one, or the browser keeps nothing. */
  async begin(note: RunNote): Promise<boolean> {
    if (!(await this.#take())) return false
    try {
      const database = await this.#open()
      const change = database.transaction(['notes', 'answers'], 'readwrite')
      await Promise.all([
        change.objectStore('answers').clear(),
        change.objectStore('notes').put(note, 'run'),
        change.done,
      ])
      return (await database.get('notes', 'run')) !== undefined
    } catch {
      this.release()
      return false
    }
  }

  /** Rejects when the browser does not take it. */
  async keep(chunk: number, answer: KeptAnswer): Promise<void> {
    await (await this.#open()).put('answers', answer, chunk)
  }

  /** The answer of a chunk, or null: it was not kept, or the browser has let go of it. */
  async answer(chunk: number): Promise<KeptAnswer | null> {
    try {
      return (await (await this.#open()).get('answers', chunk)) ?? null
    } catch {
      return null
    }
  }

  /** Nothing of the run is kept any more. */
  async discard(): Promise<void> {
    try {
      const change = (await this.#open()).transaction(['notes', 'answers'], 'readwrite')
      await Promise.all([change.objectStore('answers').clear(), change.objectStore('notes').clear(), change.done])
    } catch {
      // Nothing was kept that could be discarded.
    }
    this.release()
  }

  /** Another tab may be in charge. */
  release(): void {
    this.#database?.close()
    this.#database = null
    this.#letGo?.()
    this.#letGo = null
  }

  async #open(): Promise<IDBPDatabase<Schema>> {
    this.#database ??= await openDB<Schema>('blindscore run', databaseVersion, {
      upgrade: (database) => {
        // What an earlier version kept of a run cannot be resumed by this one.
        for (const name of [...database.objectStoreNames]) database.deleteObjectStore(name)
        database.createObjectStore('notes')
        database.createObjectStore('answers')
      },
    })
    return this.#database
  }

  /** Whether this tab is in charge, now or already. */
  #take(): Promise<boolean> {
    if (this.#letGo) return Promise.resolve(true)
    return new Promise((resolve) => {
      navigator.locks
        .request('blindscore kept run', { signal: AbortSignal.timeout(takenAfter) }, () => {
          resolve(true)
          return new Promise<void>((letGo) => {
            this.#letGo = letGo
          })
        })
        .catch(() => resolve(false))
    })
  }
}

/** 2: the note names the key's parameter set. */
const databaseVersion = 2
