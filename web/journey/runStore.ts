import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { KeyName } from '../workers/inside/backup.ts'

/**
 * One run that outlives its tab: its answers as the server sent them, sealed, and what is needed to go on from them. No
 * cell, no score and no key is stored; of the file its name and a digest.
 */
export interface RunNote {
  readonly fileName: string
  /** Of `fileDigest`. */
  readonly file: string
  /** Of the plan: columns, format, repairs. */
  readonly plan: string
  readonly cardHash: string
  readonly modelTitle: string
  readonly key: KeyName
  readonly capacity: number
  readonly scorable: number
}

export interface KeptAnswer {
  /** The run's number on the chunk: a run that was resumed has several. */
  readonly run: Uint8Array
  readonly answer: Uint8Array
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
    this.#database ??= await openDB<Schema>('blindscore run', 1, {
      upgrade: (fresh) => {
        fresh.createObjectStore('notes')
        fresh.createObjectStore('answers')
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
