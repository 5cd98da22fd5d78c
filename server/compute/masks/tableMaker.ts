import type { Compute } from '../compute.ts'
import type { Turn } from '../fairQueue.ts'
import type { SchemeKey, Spent } from '../tasks.ts'
import { workOfTable } from '../work.ts'
import { type MaskNeed, Pace, paysForTable } from './policy.ts'
import type { MaskTable, TableMemory } from './tableMemory.ts'

/** What the maker of tables knows of a key. */
export interface Keyed extends MaskNeed {
  readonly key: SchemeKey
  /** Who brought the key: a client has one table at most. */
  readonly client: string
  needed: number
  coming: number | null
  bases: Uint8Array | null
  /** Stored runs that wait for the table. */
  awaited: number
  /** When a request used the key last. */
  usedAt: number
  /** When its table was worked on last; to begin with, when the key came. */
  grownAt: number
  table: MaskTable | null
}

export interface Surroundings<K extends Keyed> {
  readonly stop: AbortSignal
  /** The keys that may have a table made, the one unused for longest first. */
  awake(): K[]
  /** The keys that have a table or a part of one, the one that is used least first. */
  holders(): K[]
  /** Whether `key` may have the memory of the table that `holder` has. */
  mayTake(key: K, holder: K): boolean
  now(): number
  /** Whether the key's requests are coming now. */
  inRun(key: K): boolean
  /** Whether nothing else wants the threads. */
  isFree(): boolean
  onSpent(spent: Spent): void
  onError(key: K, thrown: unknown): void
  /** Called after every task, when all that may have changed. */
  onStep(): void
}

/** A task of work on a table. */
interface Growth<K> {
  readonly key: K
  /** Beside the key's requests, rather than when nobody wants the threads. */
  readonly beside: boolean
  /** Takes the task back, if it still waits for a thread. */
  readonly requeue: AbortController
}

/** Makes the tables of masks, one at a time, in short tasks: as policy.ts has it. */
export class TableMaker<K extends Keyed> {
  readonly #compute: Pick<Compute, 'growTable'>
  readonly #memory: TableMemory
  readonly #around: Surroundings<K>
  readonly #pace = { whole: new Pace(), filled: new Pace() }
  #growing: Growth<K> | null = null
  /** Settles when the task does, and the next one was begun. */
  #step: Promise<void> = Promise.resolve()

  constructor(compute: Pick<Compute, 'growTable'>, memory: TableMemory, around: Surroundings<K>) {
    this.#compute = compute
    this.#memory = memory
    this.#around = around
  }

  /** The key whose table is worked on. */
  get key(): K | null {
    return this.#growing?.key ?? null
  }

  /** Whether a key waits for its table. */
  get hasWork(): boolean {
    return this.#wanting().length > 0
  }

  /** Begins the next task, if it is time for one. To be called whenever something changed. */
  start(): void {
    if (this.#growing) {
      const { key, beside, requeue } = this.#growing
      // A task that waits for a quiet moment has become worth a request's place.
      if (!beside && this.#pays(key)) requeue.abort()
      return
    }
    const next = this.#next()
    if (next === undefined) return
    const growing = { ...next, requeue: new AbortController() }
    this.#growing = growing
    this.#step = this.#grow(growing).finally(() => {
      this.#growing = null
      this.#around.onStep()
    })
  }

  /** Resolves once a key's table is there, or is not what is worked on. */
  async made(key: K): Promise<void> {
    while (this.#growing?.key === key) await this.#step
  }

  /** The key's table is not used any more, but by work that is under way. */
  end(key: K): void {
    if (key.table) this.#memory.end(key.table)
    key.table = null
  }

  /** The table to work on, and whether beside requests. Of those that pay, the one that has waited for longest. */
  #next(): Pick<Growth<K>, 'key' | 'beside'> | undefined {
    const wanting = this.#wanting()
    const paying = wanting.filter((key) => this.#pays(key)).sort((a, b) => a.grownAt - b.grownAt)[0]
    if (paying) return { key: paying, beside: true }
    const newest = wanting.at(-1)
    return newest && this.#around.isFree() ? { key: newest, beside: false } : undefined
  }

  #wanting(): K[] {
    if (this.#around.stop.aborted) return []
    return this.#around
      .awake()
      .filter((key) => key.coming === null || this.#isWorth(key))
      .filter((key) => (key.table === null ? this.#place(key) !== null : !key.table.ready))
  }

  #pays(key: K): boolean {
    return this.#around.inRun(key) && this.#isWorth(key)
  }

  #isWorth(key: K): boolean {
    return paysForTable(key, key.table?.steps ?? 0)
  }

  /**
   * Where a table of the key would be: in memory that is free, or in that of the key returned. Null: nowhere. A client has a second table
   * only in memory that is free, only where its bases are there, and only until another client wants one.
   */
  #place(key: K): 'free' | K | null {
    const holders = this.#around.holders()
    const takes = (holder: K): boolean => holder.table?.users === 0 && this.#around.mayTake(key, holder)
    const own = holders.find(({ client }) => client === key.client)
    if (this.#memory.hasRoom && (!own || key.bases !== null)) return 'free'
    if (own) return takes(own) ? own : null
    const isSecond = ({ client }: K): boolean => holders.filter((other) => other.client === client).length > 1
    return holders.find(takes) ?? (this.#memory.isEnding ? null : holders.find(isSecond)) ?? null
  }

  async #grow({ key, beside, requeue }: Growth<K>): Promise<void> {
    if (key.table === null) {
      const place = this.#place(key)
      if (place !== null && place !== 'free') this.end(place)
      if (place !== null) key.table = this.#memory.begin()
    }
    const { table } = key
    if (table === null) return
    key.grownAt = this.#around.now()
    const { bases } = key
    const pace = bases === null ? this.#pace.whole : this.#pace.filled
    const steps = pace.items
    const work = workOfTable(key.key.publicKey, steps, bases !== null)
    const kind = key.awaited > 0 ? 'stored' : 'ahead'
    const turn: Turn = beside ? { kind, client: key.client, work } : { kind: 'spare' }
    const signal = AbortSignal.any([this.#around.stop, requeue.signal])
    try {
      const { ready, spent } = await this.#memory.use(table, () =>
        this.#compute.growTable({ key: key.key, memory: table.memory, steps, bases }, turn, signal),
      )
      this.#around.onSpent(spent)
      pace.fit(steps, spent.ms.table ?? 0)
      table.steps += steps
      table.ready = ready
    } catch (thrown) {
      if (!requeue.signal.aborted) this.#around.onError(key, thrown)
    }
  }
}
