import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asBlindscoreError } from '../../core/errors.ts'
import { readDigested, writeDigested } from '../digested.ts'
import { errorOf } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import { type Log, silentLog } from '../log.ts'
import { giveToOwnerOf } from '../ownedAs.ts'
import { makeFolder, mayBeThere, syncFolder } from '../sealed/durable.ts'
import { type Environment, stateFolder } from '../secret.ts'
import { MemoryLedger } from './ledger.ts'
import type { AnswerLedger } from './state.ts'

/** Slots that are written down at once, before any of them is answered: a thousandth of what there is to write. */
const step = 2 ** 20

/** Seconds after which it is worth another try where the file could not be written. */
const retrySeconds = 5

/**
 * A ledger in a file of one process. What a restart finds there was answered or may have been: it never counts less than
 * was, and at most a step more for each start. What was altered, taken away or put back under the process is again what that knew.
 */
export class FileLedger implements AnswerLedger {
  readonly #file: string
  readonly #written: Map<string, number>
  readonly #answered: Map<string, number>
  readonly #log: Log
  /** As it was written last. */
  #text: string | null = null
  #writing: Promise<unknown> = Promise.resolve()

  private constructor(file: string, there: ReadonlyMap<string, number> | null, log: Log) {
    this.#log = log
    this.#file = file
    this.#written = new Map(there)
    this.#answered = new Map(there)
  }

  /** Throws `model/invalid` for a file that is no ledger, or that cannot be read or written. */
  static async open(file: string, log: Log = silentLog): Promise<FileLedger> {
    const ledger = new FileLedger(file, await read(file), log)
    try {
      await makeFolder(dirname(file))
      await ledger.#write()
    } catch {
      throw errorOf('model/invalid', 'ledgerUnwritable', { file })
    }
    return ledger
  }

  /** Has the file remember what else is kept beside it, by a name: as one that was answered with nothing, which earlier releases read, too. */
  async noteBeside(name: string): Promise<void> {
    if (this.#written.has(name)) return
    this.#written.set(name, 0)
    const noted = this.#writing.then(() => this.#write())
    this.#writing = noted.catch(() => {})
    await noted
  }

  /** One after the other: what is taken was written first. Throws `server/store-gone` where it cannot be. */
  take(name: string, slots: number, most: number): Promise<boolean> {
    const taken = this.#writing.then(() => this.#take(name, slots, most))
    this.#writing = taken.catch(() => {})
    return taken
  }

  /** Whoever begins next knows nothing but what lies there. */
  async close(): Promise<void> {
    await this.#writing
    if ((await this.#lies()) !== this.#text) await this.#write()
  }

  async #take(name: string, slots: number, most: number): Promise<boolean> {
    const answered = (this.#answered.get(name) ?? 0) + slots
    if (answered > most) return false
    const written = this.#written.get(name) ?? 0
    if (answered > written) {
      this.#written.set(name, Math.min(most, answered + step))
      await this.#write().catch(() => {
        this.#written.set(name, written)
        throw new RetryLater(errorOf('server/store-gone', 'storeGone'), retrySeconds)
      })
    }
    this.#answered.set(name, Math.max(answered, this.#answered.get(name) ?? 0))
    return true
  }

  async #write(): Promise<void> {
    const lies = await this.#lies()
    if (this.#text !== null && lies !== this.#text) this.#heed(lies)
    const draft = `${this.#file}.new`
    const text = `${writeDigested(Object.fromEntries(this.#written), 2)}\n`
    // On disk before it has its name: a file that lost its power half written is no ledger.
    await writeFile(draft, text, { mode: 0o600, flush: true })
    await giveToOwnerOf(dirname(this.#file), draft)
    await rename(draft, this.#file)
    await syncFolder(dirname(this.#file))
    this.#text = text
  }

  #lies(): Promise<string | null> {
    return readFile(this.#file, 'utf8').catch(() => null)
  }

  /** Says that the file is another one than this process wrote. What is more in it is counted here as well. */
  #heed(text: string | null): void {
    this.#log.error(
      { code: 'model/invalid', file: 'ledger' },
      'the ledger of answers was altered, taken away or put back: it is again what this process knew',
    )
    for (const [name, count] of (text === null ? null : countsOf(text)) ?? [])
      for (const counts of [this.#written, this.#answered]) counts.set(name, Math.max(count, counts.get(name) ?? 0))
  }
}

/**
 * The ledger of a file, which is made where it is not there. Where none was named and none can be made, it is this process's
 * alone: one that is there and cannot be used would be counted anew by that.
 */
export async function openLedger(
  named: string | undefined,
  env: Environment,
  log?: Log,
): Promise<FileLedger | MemoryLedger> {
  const file = named ?? defaultLedgerFile(env)
  const isNeeded = named !== undefined || (await mayBeThere(file))
  try {
    return await FileLedger.open(file, log)
  } catch (thrown) {
    if (isNeeded) throw thrown
    return new MemoryLedger()
  }
}

/** Where answers are counted when no other file is named. */
export function defaultLedgerFile(env: Environment): string {
  return join(stateFolder(env), 'ledger')
}

/** What a ledger's file counted: nothing where it is not there and was not named. Throws as {@link FileLedger.open} does. */
export async function countsOfLedger(file: string, named: boolean): Promise<ReadonlyMap<string, number>> {
  const found = (await read(file)) ?? (named ? unreadable(file) : new Map<string, number>())
  return new Map([...found].filter(([, count]) => count > 0))
}

/** Whether a ledger's file can be read, and whether it remembers to have had what is called so beside it. */
export async function besideLedger(file: string, name: string): Promise<{ isThere: boolean; remembers: boolean }> {
  const counts = await read(file).catch(nullIfUnreadable)
  return { isThere: counts !== null, remembers: counts?.has(name) ?? false }
}

function nullIfUnreadable(thrown: unknown): null {
  if (asBlindscoreError(thrown).fault === 'ledgerUnreadable') return null
  throw thrown
}

/** Null where there is no file. */
async function read(file: string): Promise<ReadonlyMap<string, number> | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null
    return unreadable(file)
  }
  const found = countsOf(text)
  if (found === null) throw errorOf('model/invalid', 'ledgerShape', { file })
  return found
}

function unreadable(file: string): never {
  throw errorOf('model/invalid', 'ledgerUnreadable', { file })
}

/** Null for what is no ledger: it must not be taken for an empty one. */
function countsOf(text: string): ReadonlyMap<string, number> | null {
  try {
    const entries = Object.entries(readDigested(text) as object)
    const sound = entries.every(
      ([name, count]) => /^[0-9a-f]{64}$/.test(name) && Number.isSafeInteger(count) && count >= 0,
    )
    return sound ? new Map(entries) : null
  } catch {
    return null
  }
}
