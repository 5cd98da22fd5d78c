import type { Limits } from '../../limits.ts'
import { ProcessAdmission } from '../admission.ts'
import { LruMap } from '../lru.ts'
import type { AnswerLedger, BudgetStore, Charge, DigestStore, OpenState, Paid, Use, Used } from '../state.ts'
import { CheckedKeys, type MarkKey } from './checkedKeys.ts'
import type { SeenHour, SharedStore } from './store.ts'

/** What the servers of one store make with their secret. */
export interface Namer {
  /** What a client is called in the store: no address stands there. */
  readonly nameOfClient: (client: string) => string
  readonly markOfKey: MarkKey
  readonly now?: () => number
}

/**
 * The state of several processes, in a store that they share. What is under way stays each process's own (`Admission`): it bounds what
 * that process does.
 */
export function stateInStore(store: SharedStore, limits: Limits, namer: Namer): OpenState {
  return async (onDropKey) => ({
    keys: new CheckedKeys(store, limits, onDropKey, { mark: namer.markOfKey, now: namer.now }),
    digests: digestsIn(store, limits.chunksRemembered),
    budgets: new SharedBudgets(store, limits.chunksRemembered, namer.nameOfClient),
    admission: new ProcessAdmission(limits),
    ledger: ledgerIn(store),
    close: () => store.close(),
  })
}

function digestsIn(store: SharedStore, most: number): DigestStore {
  return {
    get: async (name) => (await store.call('digest', name))[0],
    putIfAbsent: async (name, digest) => {
      const [there, noted] = await store.call('note', name, digest, most)
      return { there, noted: noted === 1 }
    },
  }
}

function ledgerIn(store: SharedStore): AnswerLedger {
  /** The most that this process saw of each: the store has no less. */
  const seen = new Map<string, number>()
  return {
    async take(name, slots, most) {
      const [taken, all] = await store.call('take', name, slots, most, seen.get(name) ?? 0)
      seen.set(name, Math.max(all, seen.get(name) ?? 0))
      return taken === 1
    },
  }
}

/** Hours of clients as this process saw them last, by which one is found that is gone from the store or was put back there. */
class SeenHours {
  readonly #hours: LruMap<string, SeenHour>

  constructor(most: number) {
    this.#hours = new LruMap(most)
  }

  of(name: string): SeenHour {
    return this.#hours.get(name) ?? [0, 0, 0]
  }

  /** Of answers that come in another order the one counts that was written last. */
  saw(name: string, hour: SeenHour): void {
    const [start, , times] = this.of(name)
    if (hour[0] > start || hour[2] >= times) this.#hours.set(name, hour)
  }
}

/**
 * Budgets that processes share, charged in one step each. A charge whose answer was lost on its way is made again under its name, and
 * charged once; one that has no name may then be charged twice, and never not at all.
 */
class SharedBudgets implements BudgetStore {
  readonly #store: SharedStore
  readonly #namesRemembered: number
  readonly #nameOf: (client: string) => string
  readonly #seen: SeenHours
  /** Names of what was used that this process saw in the store, where they stay. */
  readonly #uses = new Set<string>()

  constructor(store: SharedStore, namesRemembered: number, nameOf: (client: string) => string) {
    this.#store = store
    this.#seen = new SeenHours(namesRemembered)
    this.#namesRemembered = namesRemembered
    this.#nameOf = nameOf
  }

  spend(charge: Charge): Promise<{ readonly wait: number } | { readonly paid: Paid }> {
    return this.#ofHour(charge, async (seen) => {
      const words = this.#words(charge, seen)
      const [paid, ms, ...hour] = await this.#store.call('spend', ...words, charge.most, this.#namesRemembered)
      if (paid === 1 && charge.use) this.#uses.add(nameOfUse(charge.use))
      return { hour, value: paid === 1 ? { paid: { ...charge, at: ms } } : { wait: ms } }
    })
  }

  giveBack(paid: Paid): Promise<void> {
    return this.#ofHour(paid, async (seen) => {
      const hour = await this.#store.call('give_back', ...this.#words(paid, seen), paid.at)
      return { hour, value: undefined }
    })
  }

  left(...[budget, client, most]: Parameters<BudgetStore['left']>): ReturnType<BudgetStore['left']> {
    return this.#ofHour({ budget, client }, async (seen) => {
      const [ms, ...hour] = await this.#store.call('spent', budget, this.#nameOf(client), ...seen)
      return { hour, value: { left: Math.max(0, most - hour[1]), fullIn: ms } }
    })
  }

  async used(): Promise<readonly Used[]> {
    const all = await this.#store.call('used')
    const names = new Set(all.filter((_, i) => i % 4 === 0) as string[])
    for (const name of this.#uses) if (!names.has(name)) throw this.#store.damaged('used')
    for (const name of names) this.#uses.add(name)
    return Array.from({ length: all.length / 4 }, (_, i) => {
      const [use, answers, records, slots] = all.slice(4 * i, 4 * i + 4) as [string, number, number, number]
      const [principal, model, card] = JSON.parse(use) as [string, string, string]
      return { principal, model, card, answers, records, slots }
    })
  }

  /** A step of a client's hour, which the store is told of as it was seen last. */
  async #ofHour<T>(
    { budget, client }: Pick<Charge, 'budget' | 'client'>,
    step: (seen: SeenHour) => Promise<{ readonly hour: SeenHour; readonly value: T }>,
  ): Promise<T> {
    const name = `${budget} ${client}`
    const { hour, value } = await step(this.#seen.of(name))
    this.#seen.saw(name, hour)
    return value
  }

  #words({ budget, client, points, once, use }: Charge, seen: SeenHour) {
    const name = use ? nameOfUse(use) : ''
    const used = [name, use?.records ?? 0, this.#uses.has(name) ? 1 : 0] as const
    return [budget, this.#nameOf(client), ...seen, points, once ?? '', ...used] as const
  }
}

function nameOfUse({ principal, model, card }: Use): string {
  return JSON.stringify([principal, model, card])
}
