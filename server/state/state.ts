import type { ParameterSet } from '../../core/protocol/scheme.ts'
import type { SchemeKey } from '../compute/tasks.ts'

/**
 * What the server remembers between requests, behind ports that answer later: in the memory of one process now, anywhere
 * else by another implementation. Every one of them passes `server/test/support/state.ts`.
 */

export interface HeldKey extends SchemeKey {
  readonly set: ParameterSet
}

/** The public keys that passed their check, by fingerprint. Bounded: a dropped key is asked for again. */
export interface KeyStore {
  /** The keys held, as far as this process knows. */
  readonly size: number
  get(fingerprint: string): Promise<HeldKey | undefined>
  put(fingerprint: string, key: HeldKey): Promise<void>
}

/** Digests by name: what was answered under which chunk number. Bounded, so that old ones are forgotten. */
export interface DigestStore {
  get(name: string): Promise<string | undefined>
  /** Notes a digest unless there is one, in one step. Returns the one that is there then, and whether it was noted just now. */
  putIfAbsent(name: string, digest: string): Promise<{ readonly there: string; readonly noted: boolean }>
}

/** What a client may spend in an hour of: slots for records, checks of new keys, and bytes of new keys. */
export type Budget = 'records' | 'keys' | 'keyBytes'

export interface BudgetStore {
  /**
   * Charges a client. Null when it was charged; else, when that would have been more than the hour has, the milliseconds
   * until it has again, and nothing was charged.
   */
  spend(budget: Budget, client: string, points: number): Promise<number | null>
  /** Gives back what was charged in this hour; what was charged in an hour that is over needs no giving back. */
  giveBack(budget: Budget, client: string, points: number): Promise<void>
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
  close(): Promise<void>
}

/** Makes the state behind a service. `onDropKey` is told of keys that are no longer held. */
export type OpenState = (onDropKey: (fingerprint: string) => void) => Promise<State>
