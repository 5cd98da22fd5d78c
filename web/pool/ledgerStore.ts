import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { secureRandom } from '../../platform/random.ts'
import { errorOf, fail } from '../../study/faults.ts'
import { newPoolLedger, type PoolLedger, readPoolLedger, writePoolLedger } from '../../study/pool/ledger.ts'

/**
 * What this device remembers of pooled studies, for the one tab that takes part in one. It is encrypted under a key that the
 * browser does not give out: whoever copies what is stored has not got it. Without it studies could not be told apart, so where
 * nothing is kept nothing is joined.
 */
export interface HeldLedger {
  readonly ledger: PoolLedger
  /** Nothing was remembered: earlier studies, if there were any, cannot be seen. */
  readonly isNew: boolean
  /** Resolves once what was written has been read back. Throws `storage/unavailable`. */
  keep(ledger: PoolLedger): Promise<void>
}

interface Kept {
  readonly key: CryptoKey
  readonly nonce: Uint8Array<ArrayBuffer>
  readonly sealed: ArrayBuffer
}

interface Schema extends DBSchema {
  ledgers: { key: 'own'; value: Kept }
}

/** How long another tab's lock is waited for, in milliseconds: one that was just closed or reloaded lets go of it soon. */
const patience = 1500

let owned = false

/** The ledger, begun where there is none. Throws `study/tab` while another tab has it, and `storage/unavailable`. */
export async function holdLedger(): Promise<HeldLedger> {
  await own()
  const kept = await orUnavailable(() => withDatabase((database) => database.get('ledgers', 'own')))
  const key = kept?.key ?? (await orUnavailable(newKey))
  const keep = (ledger: PoolLedger): Promise<void> => orUnavailable(() => write(key, ledger))
  if (kept) return { ledger: readPoolLedger(await orUnavailable(() => textOf(kept))), isNew: false, keep }
  const ledger = newPoolLedger(secureRandom)
  await keep(ledger)
  return { ledger, isNew: true, keep }
}

const newKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])

async function textOf({ key, nonce, sealed }: Kept): Promise<string> {
  return new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce }, key, sealed))
}

async function write(key: CryptoKey, ledger: PoolLedger): Promise<void> {
  const text = writePoolLedger(ledger)
  const nonce = new Uint8Array(secureRandom(12))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, new TextEncoder().encode(text))
  const back = await withDatabase(async (database) => {
    const written = database.transaction('ledgers', 'readwrite', { durability: 'strict' })
    await Promise.all([written.store.put({ key, nonce, sealed }, 'own'), written.done])
    return database.get('ledgers', 'own')
  })
  if (!back || (await textOf(back)) !== text) throw new Error('What was written is not there.')
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

async function withDatabase<T>(use: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  const database = await openDB<Schema>('blindscore pool', 1, {
    upgrade: (fresh) => {
      fresh.createObjectStore('ledgers')
    },
  })
  try {
    return await use(database)
  } finally {
    database.close()
  }
}
