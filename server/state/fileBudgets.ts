import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { asBlindscoreError } from '../../core/errors.ts'
import { FairQueue } from '../compute/fairQueue.ts'
import { errorOf } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import { type Log, silentLog } from '../log.ts'
import { makeFolder, mayBeThere } from '../sealed/durable.ts'
import { BudgetBook, type Entry, hourMs } from './budgetBook.ts'
import { type Line, lineOf, readLines, type Totals } from './budgetLines.ts'
import { asRead, type HourFile, nameOfHour, openHour, putUnlessThere } from './hourFile.ts'
import { LineNumbers } from './lineNumbers.ts'
import { addedUp, type SealedNames, sealUse } from './sealedUses.ts'
import type { Budget, BudgetStore, Charge, Left, Paid, Used } from './state.ts'
import { TotalsFile } from './totalsFile.ts'

/** Seconds after which it is worth another try where the folder could not be written to. */
const retrySeconds = 5

export interface FileBudgetOptions {
  /** Chunks remembered, so that one that is sent again is not charged again. */
  readonly chunksRemembered: number
  /** What a client is called in the folder: no address stands there. */
  readonly nameOf: (client: string) => string
  /** By which what an earlier version counted in the clear is counted, and sealed when it is added up. */
  readonly namesOfUses?: SealedNames
  /** Names the secret that these names are made with: under another one every client would have a fresh hour. */
  readonly secretName?: string
  readonly log?: Log
  readonly now?: () => number
}

/** For so long into an hour another process may still write to the file of the one before. */
const lateMs = 600_000

/**
 * Budgets in a folder, which several processes of one machine may share. Each charge is a line at the end of this hour's file,
 * written before anything is answered; what it came to follows from the lines in their order, so that all processes come to the same
 * without a lock. Files of hours that are over are added up in `totals.json` and taken away.
 *
 * A process that is killed loses no line; a machine that loses its power may lose the last seconds. What was taken away, cut or put back
 * while a process lives that read it is put there again, or nothing is scored: of what was put back while none lived nobody knows.
 */
export class FileBudgets implements BudgetStore {
  readonly #folder: string
  readonly #options: FileBudgetOptions
  readonly #now: () => number
  readonly #process = randomUUID().slice(0, 13)
  #entered = 0
  #book: BudgetBook
  readonly #totals: TotalsFile
  readonly #numbers = new LineNumbers()
  /** The hour of whose file it was said that it is not as it was read. */
  #cut = -1
  #current: HourFile | null = null
  #before: HourFile | null = null
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
    this.#totals = new TotalsFile(folder, this.#log)
  }

  get #log(): Log {
    return this.#options.log ?? silentLog
  }

  /**
   * Throws `server/store-gone` for a folder that cannot be read or written, that holds something else, or that is of servers with another
   * secret.
   */
  static async open(folder: string, options: FileBudgetOptions): Promise<FileBudgets> {
    const budgets = new FileBudgets(folder, options)
    try {
      await makeFolder(folder)
      if (options.secretName !== undefined) await budgets.#claim(options.secretName)
      await budgets.#begin()
    } catch (thrown) {
      if (asBlindscoreError(thrown).code === 'server/store-gone') throw thrown
      throw errorOf('server/store-gone', 'budgetsUnwritable', { folder })
    }
    return budgets
  }

  /** Has the folder remember what else is kept beside it, by a name. */
  async noteBeside(name: string): Promise<void> {
    await putUnlessThere(this.#folder, nameOfBeside(name), new Uint8Array(0))
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
    await this.#inTurn('', () => this.#totals.read())
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
    // Whoever begins next knows nothing but what lies there.
    if (this.#current) await this.#totals.read().catch(() => {})
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

  /** Has the folder be that of servers with this secret. Throws `server/store-gone` for one of others. */
  async #claim(name: string): Promise<void> {
    const file = 'secret-name'
    const read = () => readFile(join(this.#folder, file), 'utf8').catch(nullIfMissing)
    const found = await read()
    if (found === null || found.trim() === name) await this.#totals.begin(found !== null)
    await putUnlessThere(this.#folder, file, Buffer.from(`${name}\n`))
    if ((await read())?.trim() !== name) throw errorOf('server/store-gone', 'stateOfOtherSecret', { at: this.#folder })
  }

  /** Adds up what is over, and reads the rest. */
  async #begin(): Promise<void> {
    const hour = await this.#hourNow()
    // Before those that are over are taken away: a folder that was begun is never without one, also of a process that is killed.
    this.#current = await openHour(this.#folder, hour)
    const { used, folded } = await this.#fold(hour)
    this.#book = new BudgetBook(this.#options.chunksRemembered, used)
    this.#before = folded < hour - 1 ? await openHour(this.#folder, hour - 1) : null
    for (const file of [this.#before, this.#current]) if (file) await this.#read(file, () => {})
  }

  /**
   * The hour of the clock, or the last one that was written to or added up: a clock that was put back makes no hour fresh, and what is
   * charged then is not lost in an hour that was added up.
   */
  async #hourNow(): Promise<number> {
    const [{ folded }, hours] = [await this.#totals.read(), await this.#hoursBelow(Number.POSITIVE_INFINITY)]
    return Math.max(hourOf(this.#now()), folded + 1, ...hours)
  }

  /** Reads what others wrote. */
  async #catchUp(at: number): Promise<void> {
    const hour = hourOf(at)
    const { current } = this.#open()
    // Those of hours that are over may have been added up by another process.
    if (this.#before && this.#before.hour >= hour - 1) this.#before = await this.#whole(this.#before)
    if (current.hour >= hour - 1) this.#current = await this.#whole(current)
    if (hour > current.hour) await this.#turnTo(hour)
    if (this.#before && at - hour * hourMs < lateMs) await this.#read(this.#before, () => {})
    if (this.#current) await this.#read(this.#current, () => {})
  }

  /** The file as this process read it. Throws for one of which that is not there any more. */
  async #whole(file: HourFile): Promise<HourFile> {
    const found = await asRead(this.#folder, file, async () => (await this.#totals.read()).folded >= file.hour)
    const facts = { code: 'server/store-gone', file: nameOfHour(file.hour) } as const
    if (found === null) {
      if (this.#cut !== file.hour)
        this.#log.error(facts, 'what clients used was cut or put back under this process: nothing is scored')
      this.#cut = file.hour
      throw errorOf('server/store-gone', 'storeGone')
    }
    if (this.#cut === file.hour) this.#cut = -1
    if (found !== file) this.#log.error(facts, 'what clients used was taken away under this process: it is there again')
    return found
  }

  #open(): { readonly current: HourFile } {
    if (this.#current === null) throw errorOf('server/store-gone', 'storeGone')
    return { current: this.#current }
  }

  async #turnTo(hour: number): Promise<void> {
    const next = await openHour(this.#folder, hour)
    const old = this.#before
    if (this.#current) await this.#read(this.#current, () => {})
    this.#before = this.#current
    this.#current = next
    this.#torn = true
    await old?.handle.close()
    await this.#fold(hour)
  }

  /** Writes a line and reads it back, with those before it: what it came to is what they say. */
  async #enter(entry: Entry): Promise<number | null> {
    const { current } = this.#open()
    const id = LineNumbers.nameOf(this.#process, this.#entered)
    const line = `${this.#torn ? '\n' : ''}${lineOf(id, entry)}\n`
    // Whatever keeps the whole of a line from being written leaves a part of it, which the next one must not be joined to.
    this.#torn = true
    await current.handle.appendFile(line)
    this.#torn = false
    this.#entered++
    let outcome: number | null | undefined
    await this.#read(current, (own, wait) => {
      if (own === id) outcome = wait
    })
    if (outcome === undefined) throw errorOf('server/store-gone', 'storeGone')
    return outcome
  }

  async #read(file: HourFile, told: (id: string, wait: number | null) => void): Promise<void> {
    await this.#lines(file, ({ id, entry }) => told(id, this.#book.enter(entry)))
  }

  async #lines(file: HourFile, told: (line: Line) => void): Promise<void> {
    let missing = 0
    const { namesOfUses: names } = this.#options
    const lines = await readLines(file, ({ id, entry }) => {
      missing += this.#numbers.missingBefore(id)
      told({ id, entry: names && entry.use ? { ...entry, use: sealUse(entry.use, names) } : entry })
    })
    // What was altered has a number, too.
    if (missing > lines)
      this.#log.error(
        { file: nameOfHour(file.hour), missing: missing - lines },
        'lines of what clients used were taken away',
      )
    if (lines === 0) return
    this.#log.error(
      { file: nameOfHour(file.hour), lines },
      'lines of what clients used are not whole, or were altered: they do not count',
    )
  }

  /** Adds up the files of hours of which no client's is running any more. Who does it with others comes to the same as they do. */
  async #fold(hour: number): Promise<Totals> {
    const before = await this.#totals.read()
    const over = await this.#hoursBelow(hour - 1)
    const book = new BudgetBook(this.#options.chunksRemembered, this.#sealed(before.used))
    const left = over.filter((each) => each > before.folded)
    for (const each of left) {
      const file = await openHour(this.#folder, each)
      await this.#lines(file, ({ entry }) => void book.enter(entry)).finally(() => file.handle.close())
    }
    const after = { folded: Math.max(before.folded, ...left), used: book.used() }
    if (left.length > 0) await this.#totals.replace(before, after)
    for (const each of over) await rm(join(this.#folder, nameOfHour(each)), { force: true })
    return after
  }

  #sealed(used: readonly Used[]): readonly Used[] {
    const { namesOfUses: names } = this.#options
    return names ? addedUp(used.map((each) => sealUse(each, names))) : used
  }

  async #hoursBelow(hour: number): Promise<number[]> {
    return hoursOf(await readdir(this.#folder))
      .filter((each) => each < hour)
      .sort((a, b) => a - b)
  }
}

const nameOfBeside = (name: string): string => `beside-${name.slice(0, 32)}`

/** The hours that have a file of these names. */
const hoursOf = (names: readonly string[]): number[] =>
  names.flatMap((name) => /^(\d{1,9})\.log$/.exec(name)?.[1] ?? []).map(Number)

/** Whether there is an hour in the folder of budgets, as in every one that was begun, and whether it remembers to have had what is called so beside it. */
export async function besideBudgets(folder: string, name: string): Promise<{ isThere: boolean; remembers: boolean }> {
  const names = await readdir(folder).catch((): string[] => [])
  return { isThere: hoursOf(names).length > 0, remembers: names.includes(nameOfBeside(name)) }
}

function nullIfMissing(thrown: NodeJS.ErrnoException): null {
  if (thrown.code === 'ENOENT') return null
  throw thrown
}

function hourOf(at: number): number {
  return Math.floor(at / hourMs)
}

/**
 * The budgets of a folder, which is made where it is not there. Where none was named and none can be made, they end with this
 * process.
 */
export async function openBudgets(
  named: string | undefined,
  fallback: string,
  options: FileBudgetOptions,
): Promise<FileBudgets | null> {
  const folder = named ?? fallback
  const isNeeded = named !== undefined || (await mayBeThere(folder))
  try {
    return await FileBudgets.open(folder, options)
  } catch (thrown) {
    if (isNeeded) throw thrown
    return null
  }
}
