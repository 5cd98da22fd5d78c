import type { Log } from '../../log.ts'

/**
 * What each store that processes share does in one step: a Lua script of Redis, a function of PostgreSQL. Their arguments are texts and
 * whole numbers below 2^53, their results arrays of those. Each is refused where the store is not the one that the process began with.
 * A name that is empty stands for none.
 */
export interface Procedures {
  /** Charges a client's hour: [1, when] for what was charged or had been, [0, milliseconds until the hour is over] for what was not. */
  spend: {
    args: readonly [...Spending, most: number, namesRemembered: number]
    result: readonly [paid: 0 | 1, ms: number]
  }
  /** Gives back what was charged at a time. */
  give_back: { args: readonly [...Spending, at: number]; result: readonly [] }
  /** What a client spent of its hour, and the milliseconds until that is over. */
  spent: { args: readonly [budget: string, client: string]; result: readonly [points: number, ms: number] }
  /** What was used for ever: name, answers, records and slots of each, one after the other. */
  used: { args: readonly []; result: readonly (string | number)[] }
  /** Adds to what was answered under a name, unless that is beyond the most there may be: [0]. */
  take: { args: readonly [name: string, slots: number, most: number]; result: readonly [taken: 0 | 1] }
  /** Lifts what was answered under a name to what another ledger says, where that is more. */
  lift: { args: readonly [name: string, slots: number]; result: readonly [] }
  /** The digest of a name, or nothing. */
  digest: { args: readonly [name: string]; result: readonly string[] }
  /** Notes a digest unless there is one: the one that is there then, and whether it was noted now. */
  note: {
    args: readonly [name: string, digest: string, namesRemembered: number]
    result: readonly [there: string, noted: 0 | 1]
  }
  /** The text of a key, or nothing. */
  key: { args: readonly [fingerprint: string]; result: readonly string[] }
  /** Keeps the text of a key that counts as so many bytes, and lets go of those unused for longest. */
  keep_key: {
    args: readonly [fingerprint: string, text: string, bytes: number, mostKeys: number, mostBytes: number]
    result: readonly []
  }
}

/** `use` names what is counted for ever. */
type Spending = readonly [budget: string, client: string, points: number, once: string, use: string, records: number]

export type Procedure = keyof Procedures

/** A store that was begun by an operator, and is still the same. */
export interface SharedStore {
  /** Rejects with `server/store-gone` for one that does not answer, or is another than at the start. */
  call<Name extends Procedure>(name: Name, ...args: Procedures[Name]['args']): Promise<Procedures[Name]['result']>
  close(): Promise<void>
}

/** What a store is opened by. */
export interface StoreOptions {
  readonly url: string
  /** Tells servers of one secret from those of another: names and marks in the store are made with it. */
  readonly secretName: string
  readonly log: Log
  /** Milliseconds after which a store that says nothing is gone. */
  readonly timeoutMs?: number
}

/** One kind of store. */
export interface StoreKind {
  /** Throws `server/store-gone` for one that is not there, that forgets, or that was not begun under this secret. */
  open(options: StoreOptions): Promise<SharedStore>
  /** Makes an empty store one that servers may begin with; false for one that is. Throws as `open` does. */
  begin(options: StoreOptions): Promise<boolean>
}
