import { type Log, silentLog } from '../log.ts'
import { LruMap } from './lru.ts'
import type { BudgetStore, Charge, Use, Used } from './state.ts'

/** What a store calls something by, which tells nobody else what that is: the same text has the same name as long as the secret is. */
export interface SealedNames {
  seal(text: string): string
  /** Null for what was sealed by another secret, or where a bit of it is another. */
  open(name: string): string | null
}

/**
 * A store that does not tell by whom and of which model it counts what is used: the three together are one sealed name. What an earlier
 * version counted under names in the clear is added to it. A name that does not open, as of servers with another secret, stands for whoever it was.
 */
export function sealedUses(store: BudgetStore, secretNames: SealedNames, log: Log = silentLog): BudgetStore {
  const names = remembered(secretNames)
  let isTold = false
  const opened = (each: Used): Used => {
    const use = openUse(each, names)
    if (use !== null) return use
    if (!isTold)
      log.error({ code: 'server/store-gone' }, 'who used some of what is counted was sealed under another secret')
    isTold = true
    return { ...each, principal: `sealed:${each.principal}` }
  }
  const sealed = <T extends Charge>(charge: T): T =>
    charge.use ? { ...charge, use: sealUse(charge.use, names) } : charge
  return {
    async spend(charge) {
      const spent = await store.spend(sealed(charge))
      return 'paid' in spent ? { paid: { ...charge, at: spent.paid.at } } : spent
    },
    giveBack: (paid) => store.giveBack(sealed(paid)),
    left: (...asked) => store.left(...asked),
    used: async () => addedUp((await store.used()).map(opened)),
    close: async () => store.close?.(),
  }
}

/** So many names are remembered: there is one for each principal, model and card, and each is asked for with every chunk. */
const mostNames = 10_000

function remembered(names: SealedNames): SealedNames {
  const [sealed, opened] = [new LruMap<string, string>(mostNames), new LruMap<string, string>(mostNames)]
  return {
    seal(text) {
      const name = sealed.get(text) ?? names.seal(text)
      sealed.set(text, name)
      return name
    },
    open(name) {
      const text = opened.get(name) ?? names.open(name)
      if (text !== null) opened.set(name, text)
      return text
    },
  }
}

/** A use as it is stored. One that is sealed stays as it is. */
export function sealUse<T extends Use>(use: T, names: SealedNames): T {
  if (isSealed(use)) return use
  return { ...use, principal: names.seal(JSON.stringify([use.principal, use.model, use.card])), model: '', card: '' }
}

/** No model has an empty id. */
const isSealed = ({ model, card }: Use): boolean => model === '' && card === ''

function openUse(use: Used, names: SealedNames): Used | null {
  if (!isSealed(use)) return use
  const text = names.open(use.principal)
  if (text === null) return null
  const [principal, model, card] = JSON.parse(text) as [string, string, string]
  return { ...use, principal, model, card }
}

/** One of each principal, model and card. */
export function addedUp(used: readonly Used[]): readonly Used[] {
  const all = new Map<string, Used>()
  for (const each of used) {
    const name = JSON.stringify([each.principal, each.model, each.card])
    const before = all.get(name)
    all.set(name, before ? sumOf(before, each) : each)
  }
  return [...all.values()]
}

function sumOf(a: Used, b: Used): Used {
  return { ...a, answers: a.answers + b.answers, records: a.records + b.records, slots: a.slots + b.slots }
}
