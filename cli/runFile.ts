import { open, readFile, rm } from 'node:fs/promises'
import { type HandOverReceipt, mostReceiptBytes, readHandOverReceipt } from '../client/handOverReceipt.ts'
import { fromThere, UsageError } from './command.ts'
import { replace } from './replace.ts'

/** The file that stands for a run which was handed over: for its owner alone, since its token is in it and nowhere else. */

/** One that is to be written: its place is taken before there is anything to lose. */
export class RunFileToBe {
  readonly #path: string
  /** The run of a command that ended before its time, as it was written down when it began. */
  readonly begun: HandOverReceipt | null

  #written: boolean

  private constructor(path: string, begun: HandOverReceipt | null) {
    this.#path = path
    this.begun = begun
    this.#written = begun !== null
  }

  /** Whether there is a run in it. */
  get written(): boolean {
    return this.#written
  }

  /** Throws where there is such a file already, unless a command that was killed left it. */
  static async at(name: string): Promise<RunFileToBe> {
    const path = fromThere(name)
    try {
      await (await open(path, 'wx', 0o600)).close()
      return new RunFileToBe(path, null)
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
      const left = await leftIn(name)
      if (left === 'other') throw thrown
      return new RunFileToBe(path, left)
    }
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

/** What a command left that was killed: a run that it had begun, or nothing (null), before there was one. */
async function leftIn(name: string): Promise<HandOverReceipt | null | 'other'> {
  if ((await readFile(fromThere(name), 'utf8')) === '') return null
  const receipt = await readRunFile(name).catch(() => null)
  return receipt?.records.digest === null ? receipt : 'other'
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
