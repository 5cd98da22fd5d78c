import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asBlindscoreError } from '../../core/errors.ts'
import { readDigested, writeDigested } from '../digested.ts'
import { errorOf } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import { type Log, silentLog } from '../log.ts'
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
  /** Whether there was no file yet. */
  readonly begun: boolean
  readonly #file: string
  readonly #written: Map<string, number>
  readonly #answered: Map<string, number>
  readonly #log: Log
  /** As it was written last. */
  #text: string | null = null
  #writing: Promise<unknown> = Promise.resolve()

  private constructor(file: string, there: ReadonlyMap<string, number> | null, log: Log) {
    this.#log = log
    const found = there ?? new Map<string, number>()
    this.begun = there === null
    this.#file = file
    this.#written = new Map(found)
    this.#answered = new Map(found)
  }

  /** Throws `model/invalid` for a file that is no ledger, or that cannot be read or written. */
  static async open(file: string, log: Log = silentLog): Promise<FileLedger> {
    const ledger = new FileLedger(file, await read(file), log)
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await ledger.#write()
    } catch {
      throw errorOf('model/invalid', 'ledgerUnwritable', { file })
    }
    return ledger
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
    await writeFile(draft, text, { mode: 0o600 })
    await rename(draft, this.#file)
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
 * The ledger of a file, which is made where it is not there. Where none was named and none can be kept, it is this process's
 * alone.
 */
export async function openLedger(
  named: string | undefined,
  env: Environment,
  log?: Log,
): Promise<{ readonly ledger: AnswerLedger; readonly kept: boolean; readonly begun: boolean }> {
  try {
    const ledger = await FileLedger.open(named ?? defaultLedgerFile(env), log)
    return { ledger, kept: true, begun: ledger.begun }
  } catch (thrown) {
    if (named !== undefined || asBlindscoreError(thrown).fault === 'ledgerShape') throw thrown
    return { ledger: new MemoryLedger(), kept: false, begun: true }
  }
}

/** Where answers are counted when no other file is named. */
export function defaultLedgerFile(env: Environment): string {
  return join(stateFolder(env), 'ledger')
}

/** What a ledger's file counted: nothing where it is not there and was not named. Throws as {@link FileLedger.open} does. */
export async function countsOfLedger(file: string, named: boolean): Promise<ReadonlyMap<string, number>> {
  const found = await read(file)
  return found ?? (named ? unreadable(file) : new Map())
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
