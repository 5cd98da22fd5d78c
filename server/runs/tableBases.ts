import { setTimeout as sleep } from 'node:timers/promises'
import { cancelled, unforeseen } from '../../core/errors.ts'
import { concat } from '../../core/number/bytes.ts'
import { basesOfMasks } from '../../core/protocol/paillier/arithmetic.ts'
import { parameterSet } from '../../core/protocol/schemes.ts'
import { paysForBases } from '../compute/masks/policy.ts'
import { type SchemeKey, spentNothing } from '../compute/tasks.ts'
import { workOfMasks } from '../compute/work.ts'
import type { Service } from '../service.ts'
import { basesObject, type OpenRun, type RunVault, unlessDamaged } from './manifest.ts'

/** Bases in one object, and in one task, which takes some 50 ms of a thread: others wait for it. */
const basesOfPart = 16
const basesOfTask = 2
/** Milliseconds between looks for what another process makes. */
const lookEvery = 50

export interface SharedTables {
  /** Whether the bases of one are worth making where so many masks of a run are to come. */
  paysFor(masks: number): boolean
  /** Milliseconds without a part after which who began one counts as killed. */
  readonly patienceMs: number
}

export const sharedTables: SharedTables = { paysFor: paysForBases, patienceMs: 3000 }

/** Some bases: which they are, and where it is said that somebody makes them. */
interface Part {
  readonly number: number
  readonly claim: string
  readonly size: number
}

const partAt = (number: number, size: number): Part => ({ number, claim: `begun/${number}`, size })

function partsOf(key: SchemeKey): readonly Part[] {
  const count = basesOfMasks(parameterSet(key.set).bits)
  const parts: Part[] = []
  for (let at = 0; at < count; at += basesOfPart) parts.push(partAt(parts.length, Math.min(basesOfPart, count - at)))
  return parts
}

export interface TableBasesParts {
  readonly vault: RunVault
  readonly service: Pick<Service, 'compute' | 'log' | 'metrics'>
  readonly patienceMs: number
  readonly signal: AbortSignal
}

/**
 * What the table of a run's masks is made of (`ScoringTable` of core), which all that work on the run make together and share through
 * its store: each takes the next part that nobody has begun. A part that was begun and does not come is made by whoever misses it, so a
 * process that is killed holds nobody up for long; what is made twice is one too many and no harm.
 */
export class TableBases {
  readonly #vault: RunVault
  readonly #service: TableBasesParts['service']
  readonly #patienceMs: number
  readonly #signal: AbortSignal
  /** Under way in this process, by run. */
  readonly #collecting = new Map<string, Promise<Uint8Array>>()

  constructor({ vault, service, patienceMs, signal }: TableBasesParts) {
    this.#vault = vault
    this.#service = service
    this.#patienceMs = patienceMs
    this.#signal = signal
  }

  /** The bases of a run's key, of the scheme that has tables: those that are there, and where they are worth it those that are made yet. Null: not all are. */
  of(open: OpenRun, key: SchemeKey, areWorthMaking: boolean): Promise<Uint8Array | null> {
    const { id } = open
    if (!areWorthMaking) return this.#there(open, key)
    const known = this.#collecting.get(id)
    if (known) return known
    const collecting = this.#collect(open, key).finally(() => this.#collecting.delete(id))
    this.#collecting.set(id, collecting)
    return collecting
  }

  async #there(open: OpenRun, key: SchemeKey): Promise<Uint8Array | null> {
    const found: Uint8Array[] = []
    for (const part of partsOf(key)) {
      const bases = await this.#read(open, part)
      if (bases === null) return null
      found.push(bases)
    }
    return concat(found)
  }

  async #collect(open: OpenRun, key: SchemeKey): Promise<Uint8Array> {
    const parts = partsOf(key)
    const found = new Map<Part, Uint8Array>()
    await this.#inLanes(parts, async (part) => {
      const bases =
        (await this.#read(open, part)) ?? ((await this.#claim(open, part)) && (await this.#make(open, key, part)))
      if (bases) found.set(part, bases)
    })
    const patience = { until: Date.now() + this.#patienceMs }
    await this.#inLanes(parts, async (part) => {
      if (found.has(part)) return
      found.set(part, (await this.#awaited(open, part, patience)) ?? (await this.#make(open, key, part)))
    })
    return concat(parts.map((part) => found.get(part) ?? unforeseen('a part of a table without bases')))
  }

  async #inLanes(parts: readonly Part[], work: (part: Part) => Promise<void>): Promise<void> {
    const left = parts.values()
    const lane = async (): Promise<void> => {
      for (const part of left) await work(part)
    }
    await Promise.all(Array.from({ length: this.#service.compute.threads }, lane))
  }

  /** Null where they are not there, or are not what was put there. */
  async #read(open: OpenRun, { number, claim }: Part): Promise<Uint8Array | null> {
    const object = basesObject(open, number)
    const bases = await this.#vault.get(open, object).catch(unlessDamaged)
    if (bases !== 'damaged') return bases
    const { log, metrics } = this.#service
    log.error({ code: 'run/damaged', run: open.id }, 'bases of a stored run were damaged, and are made anew')
    metrics.runs.inc({ event: 'damaged' })
    for (const each of [object.name, claim]) await this.#vault.delete(open.id, each)
    return null
  }

  /** Waits for what another process makes, as long as something comes. */
  async #awaited(open: OpenRun, part: Part, patience: { until: number }): Promise<Uint8Array | null> {
    for (;;) {
      const bases = await this.#read(open, part)
      if (bases !== null) patience.until = Date.now() + this.#patienceMs
      if (bases !== null || Date.now() > patience.until) return bases
      await sleep(lookEvery)
      if (this.#signal.aborted) throw cancelled()
    }
  }

  /** Whether it is here that they are made. */
  async #claim({ id }: OpenRun, { claim }: Part): Promise<boolean> {
    const isFirst = await this.#vault.putMark(id, claim)
    await this.#vault.unlessGone(id, claim)
    return isFirst
  }

  async #make(open: OpenRun, key: SchemeKey, { number, size }: Part): Promise<Uint8Array> {
    const { compute, metrics } = this.#service
    const made: Uint8Array[] = []
    for (let left = size; left > 0; left -= basesOfTask) {
      const count = Math.min(basesOfTask, left)
      const turn = { kind: 'stored', client: open.entry.client, work: workOfMasks(key.publicKey, count) } as const
      const { masks, spent } = await compute.masks({ key, count, table: null }, turn, this.#signal)
      metrics.count({ ...spentNothing, ms: { table: spent.ms.mask ?? 0 } })
      made.push(masks)
    }
    const bases = concat(made)
    const object = basesObject(open, number)
    await this.#vault.putNew(open, object, bases)
    await this.#vault.unlessGone(open.id, object.name)
    return bases
  }
}
