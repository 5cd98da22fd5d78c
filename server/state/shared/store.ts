import type { RetryLater } from '../../http/problem.ts'
import type { Log } from '../../log.ts'

/**
 * What each store that processes share does in one step: a Lua script of Redis, a function of PostgreSQL. Their arguments are texts and
 * whole numbers below 2^53, their results arrays of those. Each is refused where the store is not the one that the process began with.
 * A name that is empty stands for none.
 *
 * What counts is stored with a digest of its name and itself. What is not as it was written is answered by "damaged" and what it is, and
 * nothing else is done: an altered hour is used up from then on, a charge's name and a digest are forgotten, and what is counted for
 * ever stays refused until an operator has looked. What is gone, or was put back to what it had been, is found by what the caller saw last,
 * and is that again.
 */
export interface Procedures {
  /** Charges a client's hour: [1, when] for what was charged or had been, [0, milliseconds until the hour is over] for what was not. */
  spend: {
    args: readonly [...Spending, most: number, namesRemembered: number]
    result: readonly [paid: 0 | 1, ms: number, ...SeenHour, ...SeenUse]
  }
  /** Gives back what was charged at a time. */
  give_back: { args: readonly [...Spending, at: number]; result: readonly [...SeenHour, ...SeenUse] }
  /** The milliseconds until a client's hour is over, 0 where nothing is spent of it. */
  spent: { args: OfHour; result: readonly [ms: number, ...SeenHour] }
  /** What was used for ever: the name of each and how it is now, one after the other. */
  used: { args: readonly []; result: readonly (string | number)[] }
  /** Adds to what was answered under a name, unless that is beyond the most there may be: [0, all]. `seen`: the most the caller saw. */
  take: {
    args: readonly [name: string, slots: number, most: number, seen: number]
    result: readonly [taken: 0 | 1, all: number]
  }
  /** Lifts what was answered under a name to what another ledger says, where that is more, or what is there was altered. */
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

/** When a client's hour began, what was spent of it, and how often it was written. */
export type SeenHour = readonly [start: number, spent: number, times: number]

/** What was used under a name, and how often that was written; zeros where nothing is said of one. */
export type SeenUse = readonly [answers: number, records: number, slots: number, times: number]

/** The hour as the caller saw it last; zeros where it did not. */
type OfHour = readonly [budget: string, client: string, ...SeenHour]

/** `use` names what is counted for ever, which follows as the caller saw it last. */
type Spending = readonly [...OfHour, points: number, once: string, use: string, records: number, ...SeenUse]

export type Procedure = keyof Procedures

/** A store that was begun by an operator, and is still the same. */
export interface SharedStore {
  /** Rejects with `server/store-gone` for one that does not answer, is another than at the start, or holds what was altered. */
  call<Name extends Procedure>(name: Name, ...args: Procedures[Name]['args']): Promise<Procedures[Name]['result']>
  /** Tells the operator of what a caller found altered or gone, and returns what says so to who asks. */
  damaged(what: string): RetryLater
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
