import { type FileHandle, open, readFile, rm } from 'node:fs/promises'
import { type HandOverReceipt, mostReceiptBytes, readHandOverReceipt } from '../client/handOverReceipt.ts'
import { fromThere, UsageError } from './command.ts'

/** The file that stands for a run which was handed over: for its owner alone, since its token is in it and nowhere else. */

/** One that is to be written: its place is taken before there is anything to lose. Throws where there is such a file already. */
export class RunFileToBe {
  readonly #path: string
  readonly #handle: FileHandle

  private constructor(path: string, handle: FileHandle) {
    this.#path = path
    this.#handle = handle
  }

  static async at(name: string): Promise<RunFileToBe> {
    const path = fromThere(name)
    return new RunFileToBe(path, await open(path, 'wx', 0o600))
  }

  async write(receipt: HandOverReceipt): Promise<void> {
    await this.#handle.writeFile(`${JSON.stringify(receipt, null, 2)}\n`)
    await this.#handle.sync()
    await this.#handle.close()
  }

  /** There is nothing to come back to. */
  async drop(): Promise<void> {
    await this.#handle.close().catch(() => {})
    await rm(this.#path, { force: true })
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
