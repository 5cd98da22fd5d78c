import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { StoredAnswer } from '../../client/score.ts'
import type { RunNote } from './runState.ts'

interface Schema extends DBSchema {
  notes: { key: 'run'; value: RunNote }
  answers: { key: number; value: StoredAnswer }
}

/** After so many milliseconds the lock counts as another tab's: a page that is just being left releases it sooner. */
const takenAfter = 1000

/** 2: the note names the key's parameter set. 3: every answer has the seed of its planted records. 4: the
 * note says what a run's own key follows from. */
const databaseVersion = 4

/** The run that this device stores. One tab is in charge of it at a time, by a lock that it holds until it releases it. */
export class RunStore {
  #database: IDBPDatabase<Schema> | null = null
  #unlock: (() => void) | null = null

  /** The run, with the chunks that are answered, or null: there is none, or another tab is at it. */
  async load(): Promise<{ readonly note: RunNote; readonly chunks: readonly number[] } | null> {
    if (!(await this.#lock())) return null
    try {
      const database = await this.#open()
      const note = await database.get('notes', 'run')
      const chunks = await database.getAllKeys('answers')
      if (note) return { note, chunks }
    } catch {
      // A browser that stores nothing has stored nothing.
    }
    this.release()
    return null
  }

  /** Begins to store a run in place of an earlier one. False where another tab is at one, or the browser stores nothing. */
  async begin(note: RunNote): Promise<boolean> {
    if (!(await this.#lock())) return false
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
  async saveAnswer(chunk: number, answer: StoredAnswer): Promise<void> {
    await (await this.#open()).put('answers', answer, chunk)
  }

  /** The answer of a chunk, or null: it was not stored, or the browser has evicted it. */
  async answer(chunk: number): Promise<StoredAnswer | null> {
    try {
      return (await (await this.#open()).get('answers', chunk)) ?? null
    } catch {
      return null
    }
  }

  /** Deletes all of the run. */
  async discard(): Promise<void> {
    try {
      const change = (await this.#open()).transaction(['notes', 'answers'], 'readwrite')
      await Promise.all([change.objectStore('answers').clear(), change.objectStore('notes').clear(), change.done])
    } catch {
      // Nothing was stored that could be deleted.
    }
    this.release()
  }

  /** Another tab may be in charge. */
  release(): void {
    this.#database?.close()
    this.#database = null
    this.#unlock?.()
    this.#unlock = null
  }

  async #open(): Promise<IDBPDatabase<Schema>> {
    this.#database ??= await openDB<Schema>('blindscore run', databaseVersion, {
      upgrade: (database) => {
        // What an earlier version stored of a run cannot be resumed by this one.
        for (const name of [...database.objectStoreNames]) database.deleteObjectStore(name)
        database.createObjectStore('notes')
        database.createObjectStore('answers')
      },
    })
    return this.#database
  }

  /** Whether this tab is in charge, now or already. */
  #lock(): Promise<boolean> {
    if (this.#unlock) return Promise.resolve(true)
    return new Promise((resolve) => {
      navigator.locks
        .request('blindscore resumable run', { signal: AbortSignal.timeout(takenAfter) }, () => {
          resolve(true)
          return new Promise<void>((unlock) => {
            this.#unlock = unlock
          })
        })
        .catch(() => resolve(false))
    })
  }
}
