import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { errorOf, fail } from './faults.ts'

/** What is remembered of a key on this device: never the key itself, only its sealed form. */
export interface StoredKey {
  /** The text of `backup.ts`. */
  readonly sealed: string
  /** Whether a backup file was made of the key as well. */
  readonly backedUp: boolean
}

/** The one key that this device remembers. */
export interface KeyStore {
  /** The key, or null when there is none or the browser keeps nothing. */
  load(): Promise<StoredKey | null>
  /** Resolves once what was written has been read back. Throws `storage/unavailable` or `storage/taken`. */
  save(key: StoredKey): Promise<void>
  /** Throws `storage/unavailable` or `storage/taken`; then the key is still there. */
  remove(): Promise<void>
}

interface Schema extends DBSchema {
  keys: { key: 'own'; value: StoredKey }
}

/** The key in the browser's IndexedDB. The tab that writes it first is the only one that may, until it is closed. */
export class DeviceKeyStore implements KeyStore {
  #owned = false

  async load(): Promise<StoredKey | null> {
    try {
      return await withDatabase(async (database) => (await database.get('keys', 'own')) ?? null)
    } catch {
      return null
    }
  }

  async save(key: StoredKey): Promise<void> {
    await this.#own()
    const back = await orUnavailable(() =>
      withDatabase(async (database) => {
        const written = database.transaction('keys', 'readwrite', { durability: 'strict' })
        await Promise.all([written.store.put(key, 'own'), written.done])
        return database.get('keys', 'own')
      }),
    )
    if (back?.sealed !== key.sealed || back.backedUp !== key.backedUp) unavailable()
  }

  async remove(): Promise<void> {
    await this.#own()
    await orUnavailable(() => withDatabase((database) => database.delete('keys', 'own')))
  }

  /** Becomes the one tab that writes. The lock is held for as long as the worker lives. */
  #own(): Promise<void> {
    if (this.#owned) return Promise.resolve()
    return new Promise((resolve, reject) => {
      navigator.locks
        .request('blindscore remembered key', { signal: AbortSignal.timeout(patience) }, () => {
          this.#owned = true
          resolve()
          return new Promise(() => {})
        })
        .catch((thrown: unknown) => {
          const taken = thrown instanceof Error && thrown.name === 'TimeoutError'
          reject(
            taken ? errorOf('storage/taken', 'storageTaken') : errorOf('storage/unavailable', 'storageUnavailable'),
          )
        })
    })
  }
}

/** How long another tab's lock is waited for, in milliseconds: one that was just closed or reloaded lets go of it soon. */
const patience = 1500

function unavailable(): never {
  return fail('storage/unavailable', 'storageUnavailable')
}

/** Whatever the storage throws is `storage/unavailable`. */
async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch {
    return unavailable()
  }
}

async function withDatabase<T>(use: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  const database = await openDB<Schema>('blindscore', 1, {
    upgrade: (fresh) => {
      fresh.createObjectStore('keys')
    },
  })
  try {
    return await use(database)
  } finally {
    database.close()
  }
}
