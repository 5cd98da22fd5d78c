import type { Compute } from '../pool.ts'
import type { Priority } from '../prioritySemaphore.ts'
import type { SchemeKey, Spent } from '../tasks.ts'
import { Pace, paysForTable, tasksBesideRequests } from './policy.ts'
import type { MaskTable, TableMemory } from './tableMemory.ts'

/** What the maker of tables knows of a key. */
export interface Keyed {
  readonly key: SchemeKey
  /** Masks that requests have needed so far. */
  needed: number
  /** When a request used the key last. */
  usedAt: number
  table: MaskTable | null
}

export interface Surroundings<K extends Keyed> {
  readonly stop: AbortSignal
  /** The keys that may have a table made, the one unused for longest first. */
  awake(): K[]
  /** The keys that have a table or a part of one, likewise. */
  holders(): K[]
  /** Whether the key has rested so long that another may have its table's memory. */
  mayTake(key: K): boolean
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
  readonly priority: Priority
  /** Takes the task back, if it still waits for a thread. */
  readonly requeue: AbortController
}

/** Makes the tables of masks, one at a time, in short tasks: as policy.ts has it. */
export class TableMaker<K extends Keyed> {
  readonly #compute: Pick<Compute, 'growTable'>
  readonly #memory: TableMemory
  readonly #around: Surroundings<K>
  readonly #pace = new Pace()
  #growing: Growth<K> | null = null

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
      const { key, priority, requeue } = this.#growing
      // A task that waits for a quiet moment has become worth a request's place.
      if (priority === 'background' && this.#pays(key)) requeue.abort()
      return
    }
    const next = this.#next()
    if (next === undefined) return
    const growing = { ...next, requeue: new AbortController() }
    this.#growing = growing
    void this.#grow(growing).finally(() => {
      this.#growing = null
      this.#around.onStep()
    })
  }

  /** The key's table is not used any more, but by work that is under way. */
  end(key: K): void {
    if (key.table) this.#memory.end(key.table)
    key.table = null
  }

  /** The table to work on, and with which right to a thread. */
  #next(): Pick<Growth<K>, 'key' | 'priority'> | undefined {
    const wanting = this.#wanting()
    const paying = wanting.filter((key) => this.#pays(key)).at(-1)
    if (paying) return { key: paying, priority: 'ahead' }
    const newest = wanting.at(-1)
    return newest && this.#around.isFree() ? { key: newest, priority: 'background' } : undefined
  }

  #wanting(): K[] {
    if (this.#around.stop.aborted) return []
    const hasRoom = this.#memory.hasRoom || this.#dispensable() !== undefined
    return this.#around.awake().filter(({ table }) => (table === null ? hasRoom : !table.ready))
  }

  #pays(key: K): boolean {
    return this.#around.inRun(key) && paysForTable(key.needed, key.table?.steps ?? 0)
  }

  #dispensable(): K | undefined {
    return this.#around.holders().find((key) => key.table?.users === 0 && this.#around.mayTake(key))
  }

  async #grow({ key, priority, requeue }: Growth<K>): Promise<void> {
    const resting = key.table || this.#memory.hasRoom ? undefined : this.#dispensable()
    if (resting) this.end(resting)
    key.table ??= this.#memory.begin()
    const { table } = key
    if (table === null) return
    const steps = this.#pace.items * (priority === 'ahead' ? tasksBesideRequests : 1)
    const signal = AbortSignal.any([this.#around.stop, requeue.signal])
    try {
      const { ready, spent } = await this.#memory.use(table, () =>
        this.#compute.growTable({ key: key.key, memory: table.memory, steps }, priority, signal),
      )
      this.#around.onSpent(spent)
      this.#pace.fit(steps, spent.ms.table ?? 0)
      table.steps += steps
      table.ready = ready
    } catch (thrown) {
      if (!requeue.signal.aborted) this.#around.onError(key, thrown)
    }
  }
}
