import type { SchemeKey } from '../compute/tasks.ts'

/**
 * What the server remembers between requests, behind ports that answer later: in the memory of one process now, anywhere
 * else by another implementation. Every one of them passes `server/test/support/state.ts`.
 */

/**
 * The public keys that passed their check, by fingerprint. Bounded: a dropped key is asked for again, and those go first that were
 * brought by who brought most.
 */
export interface KeyStore {
  /** The keys held, as far as this process knows. */
  readonly size: number
  get(fingerprint: string): Promise<SchemeKey | undefined>
  put(fingerprint: string, key: SchemeKey, client?: string): Promise<void>
}

/** Digests by name: what was answered under which chunk number. Bounded, so that old ones are forgotten. */
export interface DigestStore {
  get(name: string): Promise<string | undefined>
  /** Notes a digest unless there is one, in one step. Returns the one that is there then, and whether it was noted just now. */
  putIfAbsent(name: string, digest: string): Promise<{ readonly there: string; readonly noted: boolean }>
}

/** What a client may spend in an hour of: slots for records, checks of new keys, and bytes of new keys. */
export type Budget = 'records' | 'keys' | 'keyBytes'

/** What was used, to be counted for ever: by whom, of which model, and of which card of it. */
export interface Use {
  /** The id of who asked, or {@link anonymous}. */
  readonly principal: string
  readonly model: string
  /** The card's hash. */
  readonly card: string
  /** The records that were declared. */
  readonly records: number
}

/** Stands for everybody who asks without saying who. */
export const anonymous = 'anonymous'

export interface Used extends Use {
  readonly answers: number
  readonly slots: number
}

/** Something that a client is to pay. */
export interface Charge {
  readonly budget: Budget
  readonly client: string
  readonly points: number
  /** What the client's hour has. */
  readonly most: number
  /** Names what is charged once, however often the client asks for it. */
  readonly once?: string | undefined
  readonly use?: Use | undefined
}

/** What was charged, and when, in milliseconds since 1970. */
export type Paid = Charge & { readonly at: number }

/** What a client has left of its hour, and the milliseconds until it has all of it again: 0 where it has. */
export interface Left {
  readonly left: number
  readonly fullIn: number
}

/** Every method rejects with `server/store-gone` where what must outlive the process cannot be written or read. */
export interface BudgetStore {
  /**
   * Charges a client, in one step, and so that it outlives whatever this store outlives. When that would be more than the client's
   * hour has, nothing is charged, and `wait` are the milliseconds until it has again.
   */
  spend(charge: Charge): Promise<{ readonly wait: number } | { readonly paid: Paid }>
  /**
   * Gives back what was charged, once for each time that it was: what is charged once and is held by others as well is kept. What was
   * charged in an hour that is over needs no giving back.
   */
  giveBack(paid: Paid): Promise<void>
  left(budget: Budget, client: string, most: number): Promise<Left>
  /** What was used for ever, as far as this store remembers. */
  used(): Promise<readonly Used[]>
  /** Lets go of what it is kept in. */
  close?(): Promise<void>
}

/**
 * What was answered with a model's weights, for the life of the model: schemes that hide the weights up to a distance that
 * adds up over answers are served no further than that holds.
 */
export interface AnswerLedger {
  /** Adds to the slots that were answered under a name, in one step. False, and nothing added, where that is beyond `most`. */
  take(name: string, slots: number, most: number): Promise<boolean>
  close?(): Promise<void>
}

/** Who may ask for work now: bounds on what is under way. */
export interface Admission {
  /** Score requests that are waiting or computed. */
  readonly scoring: number
  /**
   * Runs the handling of one score request, which calls `begin` once its body is there. Throws `request/busy` when
   * too many are under way: slow bodies take places of their client and of the readers, never those of the scorings.
   */
  run<T>(client: string, handle: (begin: () => void) => Promise<T>): Promise<T>
}

export interface State {
  readonly keys: KeyStore
  readonly digests: DigestStore
  readonly budgets: BudgetStore
  readonly admission: Admission
  readonly ledger: AnswerLedger
  close(): Promise<void>
}

/** Makes the state behind a service. `onDropKey` is told of keys that are no longer held. */
export type OpenState = (onDropKey: (fingerprint: string) => void) => Promise<State>
