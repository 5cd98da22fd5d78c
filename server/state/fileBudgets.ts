import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { asBlindscoreError } from '../../core/errors.ts'
import { FairQueue } from '../compute/fairQueue.ts'
import { errorOf } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import { type Log, silentLog } from '../log.ts'
import { BudgetBook, type Entry, hourMs } from './budgetBook.ts'
import { type Line, lineOf, readLines, readTotals, type Totals, writeTotals } from './budgetLines.ts'
import type { Budget, BudgetStore, Charge, Left, Paid, Used } from './state.ts'

/** Seconds after which it is worth another try where the folder could not be written to. */
const retrySeconds = 5

export interface FileBudgetOptions {
  /** Chunks remembered, so that one that is sent again is not charged again. */
  readonly chunksRemembered: number
  /** What a client is called in the folder: no address stands there. */
  readonly nameOf: (client: string) => string
  readonly log?: Log
  readonly now?: () => number
}

/** For so long into an hour another process may still write to the file of the one before. */
const lateMs = 600_000

/** One hour's file, and how far it was read. */
interface Segment {
  readonly hour: number
  readonly handle: FileHandle
  read: number
  /** What was read of a line that is not whole yet. */
  rest: string
}

/**
 * Budgets in a folder, which several processes of one machine may share. Each charge is a line at the end of this hour's file,
 * written before anything is answered; what it came to follows from the lines in their order, so that all processes come to the same
 * without a lock. Files of hours that are over are added up in `totals.json` and taken away.
 *
 * A process that is killed loses no line; a machine that loses its power may lose the last seconds.
 */
export class FileBudgets implements BudgetStore {
  readonly #folder: string
  readonly #options: FileBudgetOptions
  readonly #now: () => number
  readonly #process = randomUUID().slice(0, 13)
  #entered = 0
  #book: BudgetBook
  #current: Segment | null = null
  #before: Segment | null = null
  /** Whether what is at the end of the current file may be a part of a line. */
  #torn = true
  /** One thing at a time, of whichever client was given least. */
  readonly #turns = new FairQueue(1)
  readonly #working = new Set<Promise<unknown>>()
  /** A look at what others wrote that has not begun: whoever asks until then shares it. */
  #look: Promise<void> | null = null

  private constructor(folder: string, options: FileBudgetOptions) {
    this.#folder = folder
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#book = new BudgetBook(options.chunksRemembered)
  }

  /** Throws `server/store-gone` for a folder that cannot be read or written, or that holds something else. */
  static async open(folder: string, options: FileBudgetOptions): Promise<FileBudgets> {
    const budgets = new FileBudgets(folder, options)
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await budgets.#begin()
    } catch (thrown) {
      if (asBlindscoreError(thrown).code === 'server/store-gone') throw thrown
      throw errorOf('server/store-gone', 'budgetsUnwritable', { folder })
    }
    return budgets
  }

  spend(charge: Charge): Promise<{ readonly wait: number } | { readonly paid: Paid }> {
    return this.#inTurn(charge.client, async () => {
      const at = this.#now()
      const named = { ...charge, client: this.#options.nameOf(charge.client) }
      await this.#catchUp(at)
      const known = this.#book.wait({ ...named, at })
      // Nobody fills the folder with what is refused.
      if (known !== null) return { wait: known }
      const start = this.#book.startOf(charge.budget, named.client, at)
      const wait = await this.#enter({ ...named, at, start })
      return wait === null ? { paid: { ...charge, at } } : { wait }
    })
  }

  giveBack(paid: Paid): Promise<void> {
    return this.#inTurn(paid.client, async () => {
      const client = this.#options.nameOf(paid.client)
      await this.#catchUp(this.#now())
      await this.#enter({ ...paid, client, points: -paid.points, start: paid.at })
    })
  }

  async left(budget: Budget, client: string, most: number): Promise<Left> {
    await this.#looked()
    return this.#book.left(budget, this.#options.nameOf(client), most, this.#now())
  }

  async used(): Promise<readonly Used[]> {
    await this.#looked()
    return this.#book.used()
  }

  #looked(): Promise<void> {
    this.#look ??= this.#inTurn('', () => {
      this.#look = null
      return this.#catchUp(this.#now())
    })
    return this.#look
  }

  async close(): Promise<void> {
    await Promise.all(this.#working)
    await this.#current?.handle.close()
    await this.#before?.handle.close()
    this.#current = null
    this.#before = null
  }

  /** One after the other, clients by turns. Whatever the folder refuses is the store's being gone. */
  #inTurn<T>(client: string, work: () => Promise<T>): Promise<T> {
    const done = this.#turns.run({ kind: 'score', client, work: 1 }, undefined, work).catch(() => {
      throw new RetryLater(errorOf('server/store-gone', 'storeGone'), retrySeconds)
    })
    const settled = done.catch(() => {}).then(() => void this.#working.delete(settled))
    this.#working.add(settled)
    return done
  }

  /** Adds up what is over, and reads the rest. */
  async #begin(): Promise<void> {
    const hour = hourOf(this.#now())
    const { used } = await this.#fold(hour)
    this.#book = new BudgetBook(this.#options.chunksRemembered, used)
    this.#before = await this.#segment(hour - 1)
    this.#current = await this.#segment(hour)
    for (const segment of [this.#before, this.#current]) await this.#read(segment, () => {})
  }

  /** Reads what others wrote. */
  async #catchUp(at: number): Promise<void> {
    const hour = hourOf(at)
    const { current } = this.#open()
    // Taken away under this process: what is written there is nobody's.
    if ((await current.handle.stat()).nlink === 0) {
      this.#current = await this.#segment(current.hour)
      await current.handle.close()
    }
    if (hour > current.hour) await this.#turnTo(hour)
    if (this.#before && at - hour * hourMs < lateMs) await this.#read(this.#before, () => {})
    if (this.#current) await this.#read(this.#current, () => {})
  }

  #open(): { readonly current: Segment } {
    if (this.#current === null) throw errorOf('server/store-gone', 'storeGone')
    return { current: this.#current }
  }

  async #turnTo(hour: number): Promise<void> {
    const next = await this.#segment(hour)
    const old = this.#before
    if (this.#current) await this.#read(this.#current, () => {})
    this.#before = this.#current
    this.#current = next
    this.#torn = true
    await old?.handle.close()
    await this.#fold(hour)
  }

  async #segment(hour: number): Promise<Segment> {
    return { hour, handle: await open(join(this.#folder, `${hour}.log`), 'a+', 0o600), read: 0, rest: '' }
  }

  /** Writes a line and reads it back, with those before it: what it came to is what they say. */
  async #enter(entry: Entry): Promise<number | null> {
    const { current } = this.#open()
    const id = `${this.#process}-${this.#entered++}`
    const line = `${this.#torn ? '\n' : ''}${lineOf(id, entry)}\n`
    // Whatever keeps the whole of a line from being written leaves a part of it, which the next one must not be joined to.
    this.#torn = true
    await current.handle.appendFile(line)
    this.#torn = false
    let outcome: number | null | undefined
    await this.#read(current, (own, wait) => {
      if (own === id) outcome = wait
    })
    if (outcome === undefined) throw errorOf('server/store-gone', 'storeGone')
    return outcome
  }

  async #read(segment: Segment, told: (id: string, wait: number | null) => void): Promise<void> {
    await this.#lines(segment, ({ id, entry }) => told(id, this.#book.enter(entry)))
  }

  async #lines(segment: Segment, told: (line: Line) => void): Promise<void> {
    const lines = await readLines(segment, told)
    if (lines === 0) return
    const { log = silentLog } = this.#options
    log.error(
      { file: `${segment.hour}.log`, lines },
      'lines of what clients used are not whole, or were altered: they do not count',
    )
  }

  /** Adds up the files of hours of which no client's is running any more. Who does it with others comes to the same as they do. */
  async #fold(hour: number): Promise<Totals> {
    const before = await readTotals(this.#folder)
    const over = await this.#hoursBelow(hour - 1)
    const book = new BudgetBook(this.#options.chunksRemembered, before.used)
    const left = over.filter((each) => each > before.folded)
    for (const each of left) {
      const segment = await this.#segment(each)
      await this.#lines(segment, ({ entry }) => void book.enter(entry)).finally(() => segment.handle.close())
    }
    const after = { folded: Math.max(before.folded, ...left), used: book.used() }
    // Somebody else may have come further meanwhile.
    if (left.length > 0 && (await readTotals(this.#folder)).folded === before.folded)
      await writeTotals(this.#folder, after)
    for (const each of over) await rm(join(this.#folder, `${each}.log`), { force: true })
    return after
  }

  async #hoursBelow(hour: number): Promise<number[]> {
    const hours = (await readdir(this.#folder)).flatMap((name) => /^(\d{1,9})\.log$/.exec(name)?.[1] ?? [])
    return hours
      .map(Number)
      .filter((each) => each < hour)
      .sort((a, b) => a - b)
  }
}

function hourOf(at: number): number {
  return Math.floor(at / hourMs)
}

/**
 * The budgets of a folder, which is made where it is not there. Where none was named and none can be kept, they end with this
 * process.
 */
export async function openBudgets(
  named: string | undefined,
  fallback: string,
  options: FileBudgetOptions,
): Promise<FileBudgets | null> {
  try {
    return await FileBudgets.open(named ?? fallback, options)
  } catch (thrown) {
    if (named !== undefined || asBlindscoreError(thrown).fault !== 'budgetsUnwritable') throw thrown
    return null
  }
}
