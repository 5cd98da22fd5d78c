import type { Limits } from '../../limits.ts'
import { ProcessAdmission } from '../admission.ts'
import type { AnswerLedger, BudgetStore, Charge, DigestStore, OpenState, Paid, Use, Used } from '../state.ts'
import { CheckedKeys, type MarkKey } from './checkedKeys.ts'
import type { SharedStore } from './store.ts'

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
  return { take: async (name, slots, most) => (await store.call('take', name, slots, most))[0] === 1 }
}

/**
 * Budgets that processes share, charged in one step each. A charge whose answer was lost on its way is made again under its name, and
 * charged once; one that has no name may then be charged twice, and never not at all.
 */
class SharedBudgets implements BudgetStore {
  readonly #store: SharedStore
  readonly #namesRemembered: number
  readonly #nameOf: (client: string) => string

  constructor(store: SharedStore, namesRemembered: number, nameOf: (client: string) => string) {
    this.#store = store
    this.#namesRemembered = namesRemembered
    this.#nameOf = nameOf
  }

  async spend(charge: Charge): Promise<{ readonly wait: number } | { readonly paid: Paid }> {
    const [paid, ms] = await this.#store.call('spend', ...this.#words(charge), charge.most, this.#namesRemembered)
    return paid === 1 ? { paid: { ...charge, at: ms } } : { wait: ms }
  }

  async giveBack(paid: Paid): Promise<void> {
    await this.#store.call('give_back', ...this.#words(paid), paid.at)
  }

  async left(...[budget, client, most]: Parameters<BudgetStore['left']>): ReturnType<BudgetStore['left']> {
    const [spent, ms] = await this.#store.call('spent', budget, this.#nameOf(client))
    return { left: Math.max(0, most - spent), fullIn: spent === 0 ? 0 : ms }
  }

  async used(): Promise<readonly Used[]> {
    const all = await this.#store.call('used')
    return Array.from({ length: all.length / 4 }, (_, i) => {
      const [use, answers, records, slots] = all.slice(4 * i, 4 * i + 4) as [string, number, number, number]
      const [principal, model, card] = JSON.parse(use) as [string, string, string]
      return { principal, model, card, answers, records, slots }
    })
  }

  #words({ budget, client, points, once, use }: Charge) {
    return [budget, this.#nameOf(client), points, once ?? '', use ? nameOfUse(use) : '', use?.records ?? 0] as const
  }
}

function nameOfUse({ principal, model, card }: Use): string {
  return JSON.stringify([principal, model, card])
}
