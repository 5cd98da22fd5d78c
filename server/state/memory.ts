import type { SchemeKey } from '../compute/tasks.ts'
import type { Limits } from '../limits.ts'
import { ProcessAdmission } from './admission.ts'
import { BudgetBook } from './budgetBook.ts'
import { MemoryLedger } from './ledger.ts'
import { LruMap } from './lru.ts'
import type { AnswerLedger, Budget, BudgetStore, Charge, DigestStore, KeyStore, OpenState, Paid } from './state.ts'

/** What may be kept elsewhere than in the memory of one process, and ends with the state. */
export interface Kept {
  readonly ledger: AnswerLedger
  readonly budgets: BudgetStore
}

/** The state of one process, in its memory: nothing that another process could not rebuild. */
export function stateInMemory(limits: Limits, kept: Partial<Kept> = {}): OpenState {
  const ledger: AnswerLedger = kept.ledger ?? new MemoryLedger()
  const budgets: BudgetStore = kept.budgets ?? new MemoryBudgets(limits.chunksRemembered)
  return async (onDropKey) => ({
    keys: new MemoryKeys(limits.keys, limits.keyBytes, onDropKey),
    digests: new MemoryDigests(limits.chunksRemembered),
    budgets,
    admission: new ProcessAdmission(limits),
    ledger,
    async close() {
      await budgets.close?.()
      await ledger.close?.()
    },
  })
}

/** A key, and who brought it. */
interface Held {
  readonly key: SchemeKey
  readonly client: string
}

export class MemoryKeys implements KeyStore {
  readonly #held: LruMap<string, Held>

  constructor(capacity: number, bytes: number, onDrop: (fingerprint: string) => void) {
    const weights = { most: bytes, of: ({ key }: Held) => key.publicKey.length }
    this.#held = new LruMap(capacity, onDrop, weights, ({ client }) => client)
  }

  get size(): number {
    return this.#held.size
  }

  async get(fingerprint: string): Promise<SchemeKey | undefined> {
    return this.#held.get(fingerprint)?.key
  }

  async put(fingerprint: string, key: SchemeKey, client = ''): Promise<void> {
    this.#held.set(fingerprint, { key, client })
  }
}

class MemoryDigests implements DigestStore {
  readonly #digests: LruMap<string, string>

  constructor(capacity: number) {
    this.#digests = new LruMap(capacity)
  }

  async get(name: string): Promise<string | undefined> {
    return this.#digests.get(name)
  }

  async putIfAbsent(name: string, digest: string): Promise<{ there: string; noted: boolean }> {
    const known = this.#digests.get(name)
    if (known === undefined) this.#digests.set(name, digest)
    return { there: known ?? digest, noted: known === undefined }
  }
}

/** Budgets that end with their process. */
class MemoryBudgets implements BudgetStore {
  readonly #book: BudgetBook

  constructor(namesRemembered: number) {
    this.#book = new BudgetBook(namesRemembered)
  }

  async spend(charge: Charge) {
    const at = Date.now()
    const wait = this.#book.enter({ ...charge, at, start: at })
    return wait === null ? { paid: { ...charge, at } } : { wait }
  }

  async giveBack(paid: Paid): Promise<void> {
    this.#book.enter({ ...paid, points: -paid.points, start: paid.at })
  }

  async left(budget: Budget, client: string, most: number) {
    return this.#book.left(budget, client, most, Date.now())
  }

  async used() {
    return this.#book.used()
  }
}
