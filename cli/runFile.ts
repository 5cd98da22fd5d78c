import { open, readFile, rm } from 'node:fs/promises'
import { type HandOverReceipt, mostReceiptBytes, readHandOverReceipt } from '../client/handOverReceipt.ts'
import { lockFile } from '../server/fileLock.ts'
import { fromThere, UsageError } from './command.ts'
import { replace } from './replace.ts'

/** The file that stands for a run which was handed over: for its owner alone, since its token is in it and nowhere else. */

/** One that is to be written: its place is taken before there is anything to lose. */
export class RunFileToBe {
  readonly #path: string
  /** The run of a command that ended before its time, as it was written down when it began. */
  readonly begun: HandOverReceipt | null

  readonly #unlock: () => Promise<void>
  #written: boolean

  private constructor(path: string, begun: HandOverReceipt | null, unlock: () => Promise<void>) {
    this.#path = path
    this.begun = begun
    this.#unlock = unlock
    this.#written = begun !== null
  }

  /** Whether there is a run in it. */
  get written(): boolean {
    return this.#written
  }

  /** Throws where there is such a file already, unless a command that was killed left it, and where one is at it that was not. */
  static async at(name: string): Promise<RunFileToBe> {
    const path = fromThere(name)
    const unlock = await lockFile(`${path}.lock`)
    if (unlock === null) throw Object.assign(new Error(`Another command is writing ${path}.`), { code: 'EEXIST' })
    try {
      return new RunFileToBe(path, await begunAt(path), unlock)
    } catch (thrown) {
      await unlock()
      throw thrown
    }
  }

  /** Lets others have its place. */
  close(): Promise<void> {
    return this.#unlock()
  }

  async write(receipt: HandOverReceipt): Promise<void> {
    this.#written = true
    await replace(this.#path, `${JSON.stringify(receipt, null, 2)}\n`)
  }

  /** There is nothing to come back to. */
  async drop(): Promise<void> {
    await rm(this.#path, { force: true })
  }
}

/** Makes the file, or finds what a command left that was killed: a run that it had begun, or nothing (null), before there was one. */
async function begunAt(path: string): Promise<HandOverReceipt | null> {
  try {
    await (await open(path, 'wx', 0o600)).close()
    return null
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
    if ((await readFile(path, 'utf8')) === '') return null
    const receipt = await readRunFile(path).catch(() => null)
    if (receipt?.records.digest !== null) throw thrown
    return receipt
  }
}

/** Throws `run/receipt` for a file that is none. */
export async function readRunFile(name: string): Promise<HandOverReceipt> {
  const text = await readFile(fromThere(name), 'utf8')
  return readHandOverReceipt(text.length > mostReceiptBytes ? '' : text)
}

/** The one word of a command: the run's file. */
export function runFileOf(words: readonly string[]): string {
  const [file, ...more] = words
  if (file === undefined || more.length > 0) throw new UsageError('The file of one run is needed, as submit wrote it.')
  return file
}
