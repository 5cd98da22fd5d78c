import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { secureRandom } from '../../platform/random.ts'
import { errorOf, fail } from '../../study/faults.ts'

/**
 * Texts that this device keeps of pooled studies, for the one tab that takes part in one. They are encrypted under a key that the
 * browser does not give out, each for its own name. Without them studies could not be told apart, so where nothing is kept nothing is
 * joined.
 */
export interface PoolStore {
  /** Null where there is none. Throws `storage/unavailable`, as all of these. */
  read(name: string): Promise<string | null>
  /** Resolves once what was written has been read back. */
  write(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
}

interface Kept {
  readonly nonce: Uint8Array<ArrayBuffer>
  readonly sealed: ArrayBuffer
}

interface Schema extends DBSchema {
  keys: { key: 'own'; value: CryptoKey }
  texts: { key: string; value: Kept }
}

/** How long another tab's lock is waited for, in milliseconds: one that was just closed or reloaded lets go of it soon. */
const patience = 1500

const algorithm = 'AES-GCM'

let owned = false

/** For taking part in a study. Throws `study/tab` while another tab does, and `storage/unavailable`. */
export async function openPoolStore(): Promise<PoolStore> {
  await own()
  return openPoolTexts()
}

/** The same texts for what is no part in a study, beside any tab that has one. Throws `storage/unavailable`. */
export function openPoolTexts(): Promise<PoolStore> {
  return orUnavailable(async () => {
    const database = await openDB<Schema>('blindscore pool', 1, {
      upgrade: (fresh) => {
        fresh.createObjectStore('keys')
        fresh.createObjectStore('texts')
      },
    })
    return storeIn(database, (await database.get('keys', 'own')) ?? (await newKey(database)))
  })
}

/** Of two tabs that make one at once both have the one that was there first. */
async function newKey(database: IDBPDatabase<Schema>): Promise<CryptoKey> {
  const fresh = await crypto.subtle.generateKey({ name: algorithm, length: 256 }, false, ['encrypt', 'decrypt'])
  const making = database.transaction('keys', 'readwrite')
  const there = await making.store.get('own')
  if (there === undefined) await making.store.put(fresh, 'own')
  await making.done
  return there ?? fresh
}

function storeIn(database: IDBPDatabase<Schema>, key: CryptoKey): PoolStore {
  const of = (name: string, nonce: Uint8Array<ArrayBuffer>) => ({
    name: algorithm,
    iv: nonce,
    additionalData: new TextEncoder().encode(name),
  })
  const textOf = async (name: string): Promise<string | null> => {
    const kept = await database.get('texts', name)
    return kept ? new TextDecoder().decode(await crypto.subtle.decrypt(of(name, kept.nonce), key, kept.sealed)) : null
  }
  const write = async (name: string, text: string): Promise<void> => {
    const nonce = new Uint8Array(secureRandom(12))
    const sealed = await crypto.subtle.encrypt(of(name, nonce), key, new TextEncoder().encode(text))
    const written = database.transaction('texts', 'readwrite', { durability: 'strict' })
    await Promise.all([written.store.put({ nonce, sealed }, name), written.done])
    if ((await textOf(name)) !== text) throw new Error('What was written is not there.')
  }
  return {
    read: (name) => orUnavailable(() => textOf(name)),
    write: (name, text) => orUnavailable(() => write(name, text)),
    remove: (name) => orUnavailable(() => database.delete('texts', name)),
  }
}

/** Becomes the one tab that takes part. The lock is held for as long as the worker lives. */
function own(): Promise<void> {
  if (owned) return Promise.resolve()
  return new Promise((resolve, reject) => {
    navigator.locks
      .request('blindscore pool', { signal: AbortSignal.timeout(patience) }, () => {
        owned = true
        resolve()
        return new Promise(() => {})
      })
      .catch((thrown: unknown) => {
        const taken = thrown instanceof Error && thrown.name === 'TimeoutError'
        reject(taken ? errorOf('study/tab', 'poolTab') : errorOf('storage/unavailable', 'poolNotKept'))
      })
  })
}

/** Whatever the storage throws is `storage/unavailable`. */
async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch {
    return fail('storage/unavailable', 'poolNotKept')
  }
}
