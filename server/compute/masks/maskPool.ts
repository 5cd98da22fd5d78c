import { concat } from '../../../core/number/bytes.ts'
import type { Limits } from '../../limits.ts'
import { LruMap } from '../../state/lru.ts'
import type { Compute } from '../pool.ts'
import type { SchemeKey, Spent } from '../tasks.ts'
import { Pace } from './policy.ts'
import { type Keyed, TableMaker } from './tableMaker.ts'
import { type MaskTable, TableMemory } from './tableMemory.ts'

interface KeyMasks extends Keyed {
  readonly masks: Uint8Array[]
  /** Masks that a task is making now. */
  ordered: number
}

export interface MaskPoolOptions {
  readonly limits: Pick<
    Limits,
    | 'stockPerKey'
    | 'stockByTable'
    | 'stocks'
    | 'stockIdleMs'
    | 'maskTables'
    | 'maskTableBytes'
    | 'maskTableKeepMs'
    | 'quietMs'
  >
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number
  /** Told of all work that the stock has had done. */
  readonly onSpent: (spent: Spent) => void
  /** Called when masks could not be made; the key's stock is given up. */
  readonly onError: (thrown: unknown) => void
}

/**
 * Masks made ahead, while a key waits, and the tables of the keys used last. They do not depend on the records, so a
 * score that finds its masks in stock has only the multiplications left.
 *
 * A mask leaves the stock before anything else is done with it, and nothing puts one back: it is used once or never.
 * None is ever written anywhere.
 */
export class MaskPool {
  readonly #compute: Pick<Compute, 'masks' | 'growTable' | 'threads'>
  readonly #options: MaskPoolOptions
  readonly #stocks: LruMap<string, KeyMasks>
  readonly #memory: TableMemory
  readonly #stop = new AbortController()
  readonly #tableMaker: TableMaker<KeyMasks>
  readonly #pace = { direct: new Pace(), byTable: new Pace() }
  #makers = 0
  /** Requests that are using masks. */
  #requests = 0
  #requestAt = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | null = null

  constructor(compute: Pick<Compute, 'masks' | 'growTable' | 'threads' | 'engine'>, options: MaskPoolOptions) {
    this.#compute = compute
    this.#options = options
    const { stocks, maskTables, maskTableBytes } = options.limits
    this.#stocks = new LruMap(stocks, (_, stock) => this.#tableMaker.end(stock))
    this.#memory = new TableMemory(compute.engine.hasTables ? maskTables : 0, maskTableBytes)
    this.#tableMaker = new TableMaker<KeyMasks>(compute, this.#memory, {
      stop: this.#stop.signal,
      awake: () => this.#awake(),
      mayTake: (stock) => stock.usedAt < options.now() - options.limits.maskTableKeepMs,
      inRun: ({ usedAt }) => !this.#isQuiet() && options.now() < usedAt + options.limits.quietMs,
      isFree: () => this.#isQuiet() && this.#hungriest() === undefined,
      holders: () => this.#all().filter(({ table }) => table !== null),
      onSpent: options.onSpent,
      onError: (stock, thrown) => this.#giveUp(stock, thrown),
      onStep: () => this.#start(),
    })
  }

  /** The masks in stock, over all keys. */
  get size(): number {
    return this.#all().reduce((sum, { masks }) => sum + masks.length, 0)
  }

  /** The masks in stock for one key. */
  sizeOf(fingerprint: string): number {
    return this.#stocks.get(fingerprint)?.masks.length ?? 0
  }

  /** The tables that masks can be drawn from. */
  get tables(): number {
    return this.#all().filter(({ table }) => table?.ready).length
  }

  /** The memory taken for tables so far. */
  get tableBytes(): number {
    return this.#memory.bytes
  }

  /** Begins a key's pool. */
  add(fingerprint: string, key: SchemeKey): void {
    if (this.#stocks.get(fingerprint) !== undefined) return
    const usedAt = this.#options.now()
    this.#stocks.set(fingerprint, { key, masks: [], ordered: 0, needed: 0, usedAt, table: null })
    this.#start()
  }

  /**
   * Runs a request's work with at most `count` masks of the key, which are the work's alone from now on, and with the
   * memory of the key's table, if that is ready, for those that are missing.
   */
  async lend<T>(
    fingerprint: string,
    key: SchemeKey,
    count: number,
    work: (masks: Uint8Array, table: SharedArrayBuffer | null) => Promise<T>,
  ): Promise<T> {
    this.add(fingerprint, key)
    const stock = this.#stocks.get(fingerprint) as KeyMasks
    stock.usedAt = this.#requestAt = this.#options.now()
    stock.needed += count
    this.#requests++
    const masks = concat(stock.masks.splice(0, count))
    const { table } = stock
    try {
      const answer = table?.ready ? this.#memory.use(table, () => work(masks, table.memory)) : work(masks, null)
      // Only now, so that the request has its place before the spare work that it gives rise to.
      this.#start()
      return await answer
    } finally {
      this.#requests--
      stock.usedAt = this.#requestAt = this.#options.now()
      this.#start()
    }
  }

  drop(fingerprint: string): void {
    const stock = this.#stocks.get(fingerprint)
    this.#stocks.delete(fingerprint)
    if (stock) this.#tableMaker.end(stock)
  }

  /** Makes no more masks. */
  close(): void {
    this.#stop.abort()
    if (this.#timer) clearTimeout(this.#timer)
  }

  #all(): KeyMasks[] {
    return Array.from(this.#stocks.entries(), ([, stock]) => stock)
  }

  #start(): void {
    while (this.#makers < Math.max(1, this.#compute.threads - 1) && this.#hungriest() !== undefined) {
      this.#makers++
      void this.#make().finally(() => {
        this.#makers--
        this.#start()
      })
    }
    this.#tableMaker.start()
    if (!this.#isQuiet() && this.#tableMaker.hasWork) this.#wakeWhenQuiet()
  }

  async #make(): Promise<void> {
    for (let stock = this.#hungriest(); stock !== undefined; stock = this.#hungriest()) {
      const table = stock.table?.ready ? stock.table : null
      const pace = table ? this.#pace.byTable : this.#pace.direct
      const count = Math.min(pace.items, this.#capacity(stock) - stock.masks.length - stock.ordered)
      await this.#fill(stock, table, count, pace)
    }
  }

  async #fill(stock: KeyMasks, table: MaskTable | null, count: number, pace: Pace): Promise<void> {
    const order = () => this.#compute.masks({ key: stock.key, count, table: table?.memory ?? null }, this.#stop.signal)
    stock.ordered += count
    try {
      const { masks, spent } = await (table ? this.#memory.use(table, order) : order())
      this.#options.onSpent(spent)
      pace.fit(count, spent.ms.mask ?? 0)
      const width = masks.length / count
      for (let at = 0; at < masks.length; at += width) stock.masks.push(masks.slice(at, at + width))
    } catch (thrown) {
      this.#giveUp(stock, thrown)
    } finally {
      stock.ordered -= count
    }
  }

  #capacity({ table }: KeyMasks): number {
    const { stockPerKey, stockByTable } = this.#options.limits
    return table?.ready ? stockByTable : stockPerKey
  }

  /** The stock with the fewest masks among those that are not full and not idle. */
  #hungriest(): KeyMasks | undefined {
    if (this.#stop.signal.aborted) return undefined
    let found: KeyMasks | undefined
    for (const stock of this.#awake()) {
      const level = stock.masks.length + stock.ordered
      // While a run waits for its table, masks by exponentiation are what it wants least.
      if (level >= this.#capacity(stock) || this.#tableMaker.key === stock) continue
      if (found === undefined || level < found.masks.length + found.ordered) found = stock
    }
    return found
  }

  /** The stocks of keys that are in use, from the one unused for longest to the newest. */
  #awake(): KeyMasks[] {
    const since = this.#options.now() - this.#options.limits.stockIdleMs
    return this.#all().filter(({ usedAt }) => usedAt >= since)
  }

  #giveUp(stock: KeyMasks, thrown: unknown): void {
    for (const [fingerprint, each] of this.#stocks.entries()) if (each === stock) this.drop(fingerprint)
    if (!this.#stop.signal.aborted) this.#options.onError(thrown)
  }
  /** Whether no request needs masks, nor did one in the last seconds. */
  #isQuiet(): boolean {
    return this.#requests === 0 && this.#options.now() >= this.#requestAt + this.#options.limits.quietMs
  }

  #wakeWhenQuiet(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#start()
    }, this.#options.limits.quietMs).unref()
  }
}
