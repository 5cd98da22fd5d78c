import { concat } from '../../../core/number/bytes.ts'
import { spareTimeout, type Timer } from '../../../platform/timers.ts'
import type { Limits } from '../../limits.ts'
import { LruMap } from '../../state/lru.ts'
import type { Compute } from '../compute.ts'
import type { SchemeKey, Spent } from '../tasks.ts'
import { decayed, mayTakeTable, Pace } from './policy.ts'
import { type Keyed, TableMaker } from './tableMaker.ts'
import { type MaskTable, TableMemory } from './tableMemory.ts'

interface KeyMasks extends Keyed {
  readonly masks: Uint8Array[]
  /** Masks that requests have used, the older ones counting less. */
  use: number
  /** Masks that a task is making now. */
  ordered: number
}

/** A key, and who uses it. */
export interface KeyOfClient {
  readonly fingerprint: string
  readonly key: SchemeKey
  readonly client: string
  /** Masks of it that will be asked for yet, beside those that are asked for with this. Null: nobody knows. */
  readonly coming: number | null
}

export interface MaskPoolOptions {
  readonly limits: Pick<
    Limits,
    | 'masksPerKey'
    | 'masksByTable'
    | 'maskKeys'
    | 'maskKeysPerClient'
    | 'maskIdleMs'
    | 'maskTables'
    | 'maskTableBytes'
    | 'maskTableKeepMs'
    | 'quietMs'
  >
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number
  /** Told of all work that the pool has had done. */
  readonly onSpent: (spent: Spent) => void
  /** Called when masks could not be made; the key's masks are given up. */
  readonly onError: (thrown: unknown) => void
}

/**
 * Masks made ahead, while a key waits, and the tables of the keys used last. They do not depend on the records, so a
 * score that finds its masks there has only the multiplications left.
 *
 * A mask leaves the pool before anything else is done with it, and nothing puts one back: it is used once or never.
 * None is ever written anywhere.
 */
export class MaskPool {
  readonly #compute: Pick<Compute, 'masks' | 'growTable' | 'threads'>
  readonly #options: MaskPoolOptions
  readonly #pools: LruMap<string, KeyMasks>
  readonly #memory: TableMemory
  readonly #stop = new AbortController()
  readonly #tableMaker: TableMaker<KeyMasks>
  readonly #pace = { direct: new Pace(), byTable: new Pace() }
  #makers = 0
  /** Requests that are using masks. */
  #requests = 0
  #requestAt = Number.NEGATIVE_INFINITY
  #timer: Timer | null = null

  constructor(compute: Pick<Compute, 'masks' | 'growTable' | 'threads' | 'engine'>, options: MaskPoolOptions) {
    this.#compute = compute
    this.#options = options
    const { maskKeys, maskTables, maskTableBytes } = options.limits
    const end = (_: string, pool: KeyMasks) => this.#tableMaker.end(pool)
    this.#pools = new LruMap(maskKeys, end, undefined, ({ client }) => client)
    this.#memory = new TableMemory(compute.engine.hasTables ? maskTables : 0, maskTableBytes)
    this.#tableMaker = new TableMaker<KeyMasks>(compute, this.#memory, {
      stop: this.#stop.signal,
      awake: () => this.#awake(),
      now: options.now,
      mayTake: (pool, holder) => mayTakeTable(pool, holder, options.now(), options.limits.maskTableKeepMs),
      inRun: ({ usedAt, awaited }) =>
        awaited > 0 || (!this.#isQuiet() && options.now() < usedAt + options.limits.quietMs),
      isFree: () => this.#isQuiet() && this.#emptiest() === undefined,
      holders: () => this.#holders(),
      onSpent: options.onSpent,
      onError: (pool, thrown) => this.#giveUp(pool, thrown),
      onStep: () => this.#start(),
    })
  }

  /** The masks that are left, over all keys. */
  get size(): number {
    return this.#all().reduce((sum, { masks }) => sum + masks.length, 0)
  }

  /** The masks that are left for one key. */
  sizeOf(fingerprint: string): number {
    return this.#pools.get(fingerprint)?.masks.length ?? 0
  }

  /** The tables that masks can be drawn from. */
  get tables(): number {
    return this.#all().filter(({ table }) => table?.ready).length
  }

  /** The memory taken for tables so far. */
  get tableBytes(): number {
    return this.#memory.bytes
  }

  /** What a request of the key may find: masks in stock, whether a table for the missing ones, and what one is made of. */
  outlook(fingerprint: string): {
    readonly stock: number
    readonly byTable: boolean
    readonly bases: Uint8Array | null
  } {
    const pool = this.#pools.get(fingerprint)
    return { stock: pool?.masks.length ?? 0, byTable: pool?.table?.ready ?? false, bases: pool?.bases ?? null }
  }

  /** Begins a key's pool, which is the client's from then on. */
  add({ fingerprint, key, client, coming }: KeyOfClient): void {
    const known = this.#pools.get(fingerprint)
    if (known !== undefined) {
      known.coming = coming
      return
    }
    // A client's newest keys alone, so that its many push out no other's.
    const own = [...this.#pools.entries()].filter(([, pool]) => pool.client === client)
    for (const [name] of own.slice(0, 1 + own.length - this.#options.limits.maskKeysPerClient)) this.drop(name)
    const now = this.#options.now()
    const times = { usedAt: now, grownAt: now }
    this.#pools.set(fingerprint, {
      ...{ key, client, coming, bases: null, ...times, table: null },
      ...{ masks: [], ordered: 0, awaited: 0, needed: 0, use: 0 },
    })
    this.#start()
  }

  /** Has a key's table made of these bases (`ScoringTable` of core), and resolves once that is so, or others have the thread or the memory for it. */
  async prepare(of: KeyOfClient, bases: Uint8Array): Promise<void> {
    this.add(of)
    const pool = this.#pools.get(of.fingerprint) as KeyMasks
    pool.bases = bases
    pool.usedAt = this.#options.now()
    pool.awaited++
    this.#start()
    await this.#tableMaker.made(pool)
    pool.awaited--
  }

  /**
   * Runs a request's work with at most `count` masks of the key, which are the work's alone from now on, and with the
   * memory of the key's table, if that is ready, for those that are missing. `lent` is how many masks there are.
   */
  async lend<T>(
    of: KeyOfClient,
    count: number,
    work: (masks: Uint8Array, table: SharedArrayBuffer | null, lent: number) => Promise<T>,
  ): Promise<T> {
    this.add(of)
    const pool = this.#pools.get(of.fingerprint) as KeyMasks
    const now = this.#options.now()
    pool.use = count + decayed(pool.use, now - pool.usedAt, this.#options.limits.maskTableKeepMs)
    pool.usedAt = this.#requestAt = now
    pool.needed += count
    this.#requests++
    const lent = pool.masks.splice(0, count)
    const masks = concat(lent)
    const { table } = pool
    try {
      const answer = table?.ready
        ? this.#memory.use(table, () => work(masks, table.memory, lent.length))
        : work(masks, null, lent.length)
      // Only now, so that the request has its place before the spare work that it gives rise to.
      this.#start()
      return await answer
    } finally {
      this.#requests--
      const end = this.#options.now()
      pool.use = decayed(pool.use, end - pool.usedAt, this.#options.limits.maskTableKeepMs)
      pool.usedAt = this.#requestAt = end
      this.#start()
    }
  }

  /** Nobody will use the key for a while, as far as is known: its table is whoever's who wants one next. */
  rest(fingerprint: string): void {
    const pool = this.#pools.get(fingerprint)
    if (pool) Object.assign(pool, { coming: 0, usedAt: Number.NEGATIVE_INFINITY })
  }

  drop(fingerprint: string): void {
    const pool = this.#pools.get(fingerprint)
    this.#pools.delete(fingerprint)
    if (pool) this.#tableMaker.end(pool)
  }

  /** Makes no more masks. */
  close(): void {
    this.#stop.abort()
    if (this.#timer) clearTimeout(this.#timer)
  }

  #all(): KeyMasks[] {
    return Array.from(this.#pools.entries(), ([, pool]) => pool)
  }

  /** The keys with a table or a part of one, the one that is used least first. */
  #holders(): KeyMasks[] {
    const now = this.#options.now()
    const useOf = ({ use, usedAt }: KeyMasks) => decayed(use, now - usedAt, this.#options.limits.maskTableKeepMs)
    return this.#all()
      .filter(({ table }) => table !== null)
      .sort((a, b) => useOf(a) - useOf(b))
  }

  #start(): void {
    while (this.#makers < Math.max(1, this.#compute.threads - 1) && this.#emptiest() !== undefined) {
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
    for (let pool = this.#emptiest(); pool !== undefined; pool = this.#emptiest()) {
      const table = pool.table?.ready ? pool.table : null
      const pace = table ? this.#pace.byTable : this.#pace.direct
      const count = Math.min(pace.items, this.#capacity(pool) - pool.masks.length - pool.ordered)
      await this.#fill(pool, table, count, pace)
    }
  }

  async #fill(pool: KeyMasks, table: MaskTable | null, count: number, pace: Pace): Promise<void> {
    const request = { key: pool.key, count, table: table?.memory ?? null }
    const order = () => this.#compute.masks(request, { kind: 'spare' }, this.#stop.signal)
    pool.ordered += count
    try {
      const { masks, spent } = await (table ? this.#memory.use(table, order) : order())
      this.#options.onSpent(spent)
      pace.fit(count, spent.ms.mask ?? 0)
      const width = masks.length / count
      for (let at = 0; at < masks.length; at += width) pool.masks.push(masks.slice(at, at + width))
    } catch (thrown) {
      this.#giveUp(pool, thrown)
    } finally {
      pool.ordered -= count
    }
  }

  #capacity({ table, coming }: KeyMasks): number {
    const { masksPerKey, masksByTable } = this.#options.limits
    // Who knows what comes has it waiting, and needs no thread kept busy meanwhile.
    if (coming !== null) return 0
    return table?.ready ? masksByTable : masksPerKey
  }

  /** The key with the fewest masks among those that are not full and not idle. */
  #emptiest(): KeyMasks | undefined {
    if (this.#stop.signal.aborted) return undefined
    let found: KeyMasks | undefined
    for (const pool of this.#awake()) {
      const level = pool.masks.length + pool.ordered
      // While a run waits for its table, masks by exponentiation are what it wants least.
      if (level >= this.#capacity(pool) || this.#tableMaker.key === pool) continue
      if (found === undefined || level < found.masks.length + found.ordered) found = pool
    }
    return found
  }

  /** The masks of keys that are in use, from the one unused for longest to the newest. */
  #awake(): KeyMasks[] {
    const since = this.#options.now() - this.#options.limits.maskIdleMs
    return this.#all().filter(({ usedAt }) => usedAt >= since)
  }

  #giveUp(pool: KeyMasks, thrown: unknown): void {
    for (const [fingerprint, each] of this.#pools.entries()) if (each === pool) this.drop(fingerprint)
    if (!this.#stop.signal.aborted) this.#options.onError(thrown)
  }

  /** Whether no request needs masks, nor did one in the last seconds. */
  #isQuiet(): boolean {
    return this.#requests === 0 && this.#options.now() >= this.#requestAt + this.#options.limits.quietMs
  }

  #wakeWhenQuiet(): void {
    this.#timer ??= spareTimeout(() => {
      this.#timer = null
      this.#start()
    }, this.#options.limits.quietMs)
  }
}
