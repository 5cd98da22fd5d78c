import { type BegunRun, handOver } from '../../client/handOver.ts'
import {
  begunOf,
  type HandOverReceipt,
  makeReceipt,
  type ReceiptParts,
  requireKey,
  requireSame,
  spelledServer,
} from '../../client/handOverReceipt.ts'
import { sealersOf } from '../../client/sealerPool.ts'
import { fromHex } from '../../core/number/bytes.ts'
import type { PublicKey } from '../../core/protocol/scheme.ts'
import { fileDigest } from '../../platform/fileDigest.ts'
import { secureRandom } from '../../platform/random.ts'
import type { Plan } from '../../reader/plan.ts'
import { readingDigest } from '../../reader/readingDigest.ts'
import { fail } from './faults.ts'
import { FileBlocks } from './fileBlocks.ts'
import type { FileOwner } from './fileOwner.ts'
import type { HandHold } from './handHold.ts'
import type { KeySlice } from './keyState.ts'
import type { LaterParts } from './laterParts.ts'
import { scorable } from './sealing.ts'

/** The first half of a run that is handed over: the checked file's records sealed, and put into the server's store. */

type Parts = Pick<LaterParts, 'store' | 'server' | 'workers' | 'owner' | 'scheme'>

/** The checked file, under which name it was handed in, and what the check kept of it. */
export interface CheckedFile {
  readonly file: File
  readonly name: string | null
  readonly plan: Plan
  readonly records: number
  readonly kept: string | undefined
}

/** Throws `run/nothing-to-score` where no file is checked. */
export function checkedFile(store: Parts['store']): CheckedFile {
  const state = store.getState()
  return { ...scorable(state), name: state.source?.name ?? null, kept: state.report?.kept }
}

export interface Handing {
  readonly hold: HandHold
  /** Is told of the receipt before anything is sealed, and keeps it. */
  readonly onBegun: (receipt: HandOverReceipt) => Promise<void>
  /** Hears how many records the server has. */
  readonly onStored: (records: number) => void
}

/**
 * Hands the records over, or goes on with what was `begun` before. Throws `run/foreign` for another file or key than that run's,
 * `key/passphrase` for a key that goes with its tab, and what `handOver` throws.
 */
export async function handOverFile(
  parts: Parts,
  from: CheckedFile,
  begun: HandOverReceipt | null,
  handing: Handing,
  signal: AbortSignal,
): Promise<HandOverReceipt> {
  const { owner, scheme } = parts
  const key = await handing.hold.key(owner, signal)
  requireLasting(parts.store)
  const keeper = await owner.keeper(key)
  const digest = await fileDigest(from.file, signal)
  if (begun) {
    requireKey(begun, key)
    await requireSame(keeper, begun, 'file', fromHex(digest))
  }
  const run = begun ? fromHex(begun.run).slice() : secureRandom(16).slice()
  const set = begun ? (begun.own?.set ?? null) : (scheme.setOfRun()?.id ?? null)
  const under = (own: PublicKey): Promise<HandOverReceipt> =>
    handOverUnder(parts, { ...from, key, own, keeper, digest, run, begun }, handing, signal)
  return set === null ? under(key) : owner.withKeyOf(set, run, under)
}

/** Whether the key will be there for what comes back later: what a private window remembers goes when that is closed. */
export function outlivesWindow({ key, storage }: Pick<KeySlice, 'key' | 'storage'>): boolean {
  return 'held' in key && (key.held.backedUp || (key.held.remembered && storage !== 'until-closed'))
}

/** Throws `key/passphrase` for a key that goes with its tab or window. */
function requireLasting(store: Parts['store']): void {
  if (!outlivesWindow(store.getState())) fail('key/passphrase', 'runKeyOfTab')
}

interface Task extends CheckedFile {
  readonly key: PublicKey
  /** What it is sealed with: that key, or the run's own. */
  readonly own: PublicKey
  readonly keeper: Awaited<ReturnType<FileOwner['keeper']>>
  /** Of the file. */
  readonly digest: string
  readonly run: Uint8Array<ArrayBuffer>
  readonly begun: HandOverReceipt | null
}

async function handOverUnder(
  { store, server, workers }: Parts,
  task: Task,
  { hold, onBegun, onStored }: Handing,
  signal: AbortSignal,
): Promise<HandOverReceipt> {
  const { file, plan, records, kept, key, own, keeper, run, begun } = task
  const { card } = plan
  const reading = await readingDigest(plan)
  const receiptOf = (handedOver: ReceiptParts['handedOver'], audit?: ReceiptParts['audit']): Promise<HandOverReceipt> =>
    makeReceipt({
      ...{ server: addressOf(server), card, key, sealedWith: own, keeper, run, records, handedOver, audit },
      file: { name: task.name, digest: task.digest, reading },
    })
  const handedOver = await handOver(
    {
      ...{ server, card, records, run },
      limits: store.getState().limits,
      key: own,
      sealers: sealersOf(workers.sealers),
      blocks: (capacity) => new FileBlocks(workers, file, plan, capacity, { pass: 'hand over', checked: kept }),
      seed: Uint8Array.from(await keeper.plantingSeed(run)),
      known: () => workers.reader.call((reader) => reader.knownRecords(card), signal),
      begun: begun && (await begunOf(keeper, begun, reading)),
    },
    {
      ...{ control: hold.control, onStuck: hold.onStuck },
      onProgress: ({ records: { answered } }) => onStored(answered),
      onBegun: async (made: BegunRun) => onBegun(await receiptOf(made)),
    },
    signal,
  )
  return receiptOf(handedOver, await server.signedNow())
}

/** A server's address as receipts have it. */
export function addressOf({ url }: Parts['server']): string {
  return spelledServer(new URL(url, location.href).href)
}
