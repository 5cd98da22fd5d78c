import type { Limits } from '../../limits.ts'
import { ProcessAdmission } from '../admission.ts'
import { LruMap } from '../lru.ts'
import { type SealedNames, sealedUses } from '../sealedUses.ts'
import type { AnswerLedger, BudgetStore, Charge, DigestStore, OpenState, Paid, Use, Used } from '../state.ts'
import { CheckedKeys, type MarkKey } from './checkedKeys.ts'
import type { SeenHour, SeenUse, SharedStore } from './store.ts'

/** What the servers of one store make with their secret. */
export interface Namer {
  /** What a client is called in the store: no address stands there. */
  readonly nameOfClient: (client: string) => string
  readonly namesOfUses: SealedNames
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
    budgets: sealedUses(new SharedBudgets(store, limits.chunksRemembered, namer.nameOfClient), namer.namesOfUses),
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

/** What was used for ever as this process saw it last: it stays in the store, and is written more often there. */
class SeenUses {
  readonly #uses = new Map<string, SeenUse>()

  of(name: string): SeenUse {
    return this.#uses.get(name) ?? [0, 0, 0, 0]
  }

  saw(name: string, use: SeenUse): void {
    if (name !== '' && use[3] > this.of(name)[3]) this.#uses.set(name, use)
  }

  /** All of them, as they are now. */
  all(): ReadonlyMap<string, SeenUse> {
    return new Map(this.#uses)
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
  readonly #hours: SeenHours
  readonly #uses = new SeenUses()

  constructor(store: SharedStore, namesRemembered: number, nameOf: (client: string) => string) {
    this.#store = store
    this.#hours = new SeenHours(namesRemembered)
    this.#namesRemembered = namesRemembered
    this.#nameOf = nameOf
  }

  async spend(charge: Charge): Promise<{ readonly wait: number } | { readonly paid: Paid }> {
    const words = this.#words(charge)
    const [paid, ms, ...seen] = await this.#store.call('spend', ...words, charge.most, this.#namesRemembered)
    this.#saw(charge, seen)
    return paid === 1 ? { paid: { ...charge, at: ms } } : { wait: ms }
  }

  async giveBack(paid: Paid): Promise<void> {
    this.#saw(paid, await this.#store.call('give_back', ...this.#words(paid), paid.at))
  }

  async left(...[budget, client, most]: Parameters<BudgetStore['left']>): ReturnType<BudgetStore['left']> {
    const name = nameOfHour({ budget, client })
    const [ms, ...hour] = await this.#store.call('spent', budget, this.#nameOf(client), ...this.#hours.of(name))
    this.#hours.saw(name, hour)
    return { left: Math.max(0, most - hour[1]), fullIn: ms }
  }

  async used(): Promise<readonly Used[]> {
    // What is seen while the store is asked may be later than what it says.
    const seen = this.#uses.all()
    const uses = usesIn(await this.#store.call('used'))
    for (const [name, [, , , times]] of seen) if ((uses.get(name)?.[3] ?? -1) < times) throw this.#store.damaged('used')
    return [...uses].map(([name, use]) => {
      this.#uses.saw(name, use)
      const [principal, model, card] = JSON.parse(name) as [string, string, string]
      const [answers, records, slots] = use
      return { principal, model, card, answers, records, slots }
    })
  }

  /** What a step is told of: what it charges, and the client's hour and what was used as they were seen last. */
  #words({ budget, client, points, once, use }: Charge) {
    const hour = this.#hours.of(nameOfHour({ budget, client }))
    const name = nameOfUse(use)
    const used = [name, use?.records ?? 0, ...this.#uses.of(name)] as const
    return [budget, this.#nameOf(client), ...hour, points, once ?? '', ...used] as const
  }

  #saw(charge: Charge, [start, spent, times, ...used]: readonly [...SeenHour, ...SeenUse]): void {
    this.#hours.saw(nameOfHour(charge), [start, spent, times])
    this.#uses.saw(nameOfUse(charge.use), used)
  }
}

function nameOfHour({ budget, client }: Pick<Charge, 'budget' | 'client'>): string {
  return `${budget} ${client}`
}

/** Empty for none. */
function nameOfUse(use: Use | undefined): string {
  return use ? JSON.stringify([use.principal, use.model, use.card]) : ''
}

/** What the store says of what was used, by name. */
function usesIn(all: readonly (string | number)[]): ReadonlyMap<string, SeenUse> {
  const each = Array.from({ length: all.length / 5 }, (_, i) => all.slice(5 * i, 5 * i + 5))
  return new Map(each.map(([name, ...use]) => [name as string, use as unknown as SeenUse]))
}
