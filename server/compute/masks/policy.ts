/*
 * When masks are made, and how. In units of one mask by exponentiation (15 to 24 ms of a thread at 3072 bits), a mask
 * by table costs 0.16 and the table 250; scoring a block with 23 inputs costs 0.1. So masks are most of the server's
 * work, and the whole of a run's cost follows from three rules.
 *
 * 1. A key that registers gets a few masks ahead by exponentiation: a run of 4,000 records needs about 60.
 * 2. Its table is made when the server is quiet: no score request under way nor in the last seconds. Between the
 *    chunks of a run it is not quiet, since the machine may be the client's as well and busy sealing the next one.
 *    Once the table is there, every mask is drawn from it, ahead and within requests alike; in either place a
 *    mask costs the same, so making them ahead never has to go before requests.
 * 3. A run that goes on without a table makes the table pay: the server cannot know how long a run is, only that those
 *    that have been long go on for long. Building from the s-th mask on costs, in masks by exponentiation,
 *
 *      masks of the run      62    300    700   1500   5000   mean over the best, lengths log-uniform in [1, 10000]
 *      s = 0 (at once)      260    298    362    490   1050   27.56
 *      s = 64                62    352    416    544   1104   1.30
 *      s = 96                62    379    443    571   1131   1.21
 *      s = 128               62    406    470    598   1158   1.17
 *      s = 256               62    513    577    705   1265   1.17
 *      s = 512               62    300    792    920   1480   1.25
 *      never                 62    300    700   1500   5000   1.86
 *
 *    From 96 on all are equal within 7 %; 128 serves long runs best. What has been made of the table already counts:
 *    half a table pays after half as many masks. While it is made, requests go on and make their masks by
 *    exponentiation, six times as dear, so it goes ahead of those of the same client: one of several threads is the
 *    table's until it is there, and a single thread makes it in turn with them. It is the client's work like any other.
 *
 * 4. A run or file that lies here says how many masks it will still ask for, so nothing is guessed: a table is begun where it
 *    pays, or never, and none are made ahead of work that waits anyway. While a table is made, a second thread makes 227 masks
 *    by exponentiation, with their blocks, so n masks cost 250 + 227 + 0.16 (n - 227) with it: less than n from 524 on.
 *
 * 5. Of a run that is stored, who works on it shares what a table is made of: its bases, which are masks by exponentiation that are used
 *    for nothing else (`server/runs/tableBases.ts`). All threads and processes make those together, before they score, and each fills a
 *    table of its own with them, which costs 30 masks at 3072 bits (53 at 2048, 10 at 4096). So n masks cost 284 + 30 + 0.16 n in one
 *    process, less than n from 374 on, and from 410 on in two. Where the bases are there a table pays from 40 masks on.
 *
 * There is memory for few tables. A client has one at most, however many keys it has, but of stored runs whose bases are there as many as
 * nobody else wants; and of two keys that want the same
 * memory, it goes to the one that uses more masks: what was used counts half after a minute.
 */
const masksThatPayForTable = 128
const knownMasksThatPayForTable = 524
const masksThatPayForFilling = 40
const masksThatPayForBases = 420
/** Steps of the table at 3072 bits, each as much work as 1.7 masks by exponentiation. */
const stepsOfTable = 142

/**
 * Whether to go on with a key's table beside its requests, of which `steps` have been made: by rule 3 for requests that have needed
 * so many masks, by rule 4 where it is known how many are `coming`, by rule 5 where its bases are there.
 */
export function paysForTable({ needed, coming, bases }: MaskNeed, steps: number): boolean {
  const [masks, enough] = coming === null ? [needed, masksThatPayForTable] : [coming, knownMasksThatPayForTable]
  return masks >= Math.max(0, 1 - steps / stepsOfTable) * (bases === null ? enough : masksThatPayForFilling)
}

/** Whether a table's bases are worth making for so many masks of a stored run, by rule 5. */
export function paysForBases(coming: number): boolean {
  return coming >= masksThatPayForBases
}

/** Whether a table is worth filling for so many masks with bases that are there. */
export function paysForFilling(coming: number): boolean {
  return coming >= masksThatPayForFilling
}

export interface MaskNeed {
  /** Masks that requests of a key have needed so far. */
  readonly needed: number
  /** Masks that will be asked for yet. Null: nobody knows. */
  readonly coming: number | null
  /** What the key's table is made of, where that was made already. */
  readonly bases: Uint8Array | null
}

/** How much more a key must use than the one whose table it takes: making one costs as much as 250 masks. */
const muchMore = 2

/** A key as it competes for a table. */
interface Rival {
  /** Masks used, the older ones counting less: see {@link decayed}. */
  readonly use: number
  /** When it was used last. */
  readonly usedAt: number
}

/** What was used counts half after `halfMs`. */
export function decayed(use: number, ms: number, halfMs: number): number {
  return use * 2 ** (-ms / halfMs)
}

/** Whether a key may have the memory of a holder's table: it uses much more, or the holder has rested for `keepMs`. */
export function mayTakeTable(key: Rival, holder: Rival, now: number, keepMs: number): boolean {
  const [own, theirs] = [key, holder].map(({ use, usedAt }) => decayed(use, now - usedAt, keepMs)) as [number, number]
  return holder.usedAt < now - keepMs || own > muchMore * theirs
}

/** A task of the pool holds its thread for about so long, which a request may have to wait for. */
const taskMs = 50

/** How many items a task has, from how long the last ones took. */
export class Pace {
  items = 1

  fit(count: number, ms: number): void {
    const fitting = Math.floor((count * taskMs) / Math.max(1, ms))
    this.items = Math.max(1, Math.min(fitting, 2 * this.items, 64))
  }
}
