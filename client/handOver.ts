import type { Card } from '../core/card/card.ts'
import type { KnownRecord } from '../core/card/knownRecords.ts'
import { asBlindscoreError, cancelled } from '../core/errors.ts'
import { toHex } from '../core/number/bytes.ts'
import type { Layout, PublicKey } from '../core/protocol/scheme.ts'
import { layoutOf } from '../core/protocol/schemes.ts'
import type { BlockSource, EncodedBlock, RunHeader } from './block.ts'
import type { RequestLimits } from './chunks.ts'
import { fail } from './faults.ts'
import { encodeKnown, Planter, plantedWith } from './planted.ts'
import { ProgressCounter } from './progress.ts'
import { RecordsDigest } from './recordsDigest.ts'
import { retryWork } from './retry.ts'
import { chunkRecords, lanesFor, type RunOptions, type Sealers, walkLanes } from './score.ts'
import { askUntilAnswered, registerKey, withKey } from './send.ts'
import type { ScoringServer } from './server.ts'
import { ServerWait } from './serverWait.ts'
import { type ChunkRange, type RunTicket, StoredRuns } from './storedRuns.ts'

/** A run that is handed over: sealed and given to the server as a whole, which scores it while nobody waits. */
export interface HandOver {
  readonly server: ScoringServer
  readonly limits: RequestLimits
  readonly card: Card
  /** Of a key that will be there again when the answers are fetched. */
  readonly key: PublicKey
  readonly sealers: Sealers
  readonly blocks: (capacity: number) => BlockSource
  /** How many records there will be. */
  readonly records: number
  /** The run's number, 16 random bytes, and what its planted records follow from: needed again to open the answers. */
  readonly run: Uint8Array
  readonly seed: Uint8Array<ArrayBuffer>
  /** The card's known records, where something else than this encodes them. */
  readonly known?: () => Promise<readonly KnownRecord[]>
  /**
   * The run as an earlier call told of it that did not come to its end: what the server has of it is not sealed again, if the same records
   * are read now (`readAlike`); else all of it takes the place of what is there.
   */
  readonly begun?: (BegunRun & { readonly readAlike: boolean }) | null
}

export interface HandOverOptions extends Pick<RunOptions, 'control' | 'onProgress' | 'onStuck' | 'onWait'> {
  /**
   * Told of a run that is made on the server, before anything is sealed for it. Whoever keeps that can go on with the run when this
   * call ends before its time, and says what becomes of it otherwise; without this, what is not handed over in whole is deleted.
   */
  readonly onBegun?: (run: BegunRun) => Promise<void>
}

/** A run that is on the server, whatever of it is stored there. */
export interface BegunRun {
  readonly ticket: RunTicket
  /** Until when the server stores it, as an ISO time. */
  readonly expires: string
  /** Records of the file in each chunk but the last. */
  readonly capacity: number
  readonly chunks: number
}

/** What has to be kept of a run that was handed over, to fetch its scores. */
export interface HandedOver extends BegunRun {
  /** Of the records as they were read (`RecordsDigest`): nothing to be kept as it is. */
  readonly digest: Uint8Array
}

/**
 * The first half of a run's journey: read and encode, plant, seal, and put every chunk into the server's store; then the server
 * is told to begin. Several lanes walk it at once, as in a live run, and hold and wait as that does. In `Progress`, `answered`
 * are records that the server has stored.
 *
 * Rejects with `run/cancelled` when the signal aborts, and with the error of the first chunk that the server refuses; then what
 * it had stored is deleted, as far as it can be reached, unless `onBegun` was told of it.
 */
export async function handOver(task: HandOver, options: HandOverOptions, signal: AbortSignal): Promise<HandedOver> {
  const { server, card, key, records } = task
  const lanes = lanesFor(task.sealers)
  const planter = new Planter(card, layoutOf(key.set, card), await (task.known?.() ?? encodeKnown(card)))
  const wait = new ServerWait(options.onWait)
  const stopped = new AbortController()
  const either = AbortSignal.any([signal, stopped.signal])
  const ask = <T>(what: () => Promise<T>): Promise<T> =>
    askUntilAnswered(() => withKey(server, key, what, either), wait, options, either)

  await registerKey(server, key, either)
  const runs = new StoredRuns(server)
  const begun = task.begun ?? (await ask(() => begin(runs, task, lanes, either)))
  const { ticket, capacity } = begun
  try {
    if (!task.begun) await options.onBegun?.(begun)
    const missing = task.begun?.readAlike ? missingOf(await ask(() => runs.status(ticket, either))) : everyChunk
    const counter = new ProgressCounter(records, options.onProgress)
    const digest = new RecordsDigest()
    const put = (chunk: number, body: Uint8Array<ArrayBuffer>) => ask(() => runs.put(ticket, chunk, body, either))
    const walk = laneOf(
      { task, options, capacity, planter, blocks: task.blocks(capacity), counter, digest, missing, put },
      either,
    )
    const failures = await walkLanes(lanes, walk, stopped)
    if (signal.aborted) throw cancelled()
    if (failures.length > 0) throw asBlindscoreError(failures[0])
    if (digest.records !== records) fail('file/unreadable', 'recordsChanged')
    await ask(() => runs.start(ticket, either))
    counter.finish()
    const { expires, chunks } = begun
    return { ticket, expires, capacity, chunks, digest: await digest.bytes() }
  } catch (thrown) {
    if (!options.onBegun) await discardSoon(runs, ticket)
    throw thrown
  }
}

/** Deletes a run within so many milliseconds, or leaves it to expire. */
export async function discardSoon(runs: StoredRuns, ticket: RunTicket, within = 5_000): Promise<void> {
  await runs.discard(ticket, AbortSignal.timeout(within)).catch(() => {})
}

/** Makes the run on the server, which is told how much will come. */
async function begin(runs: StoredRuns, task: HandOver, lanes: number, signal: AbortSignal): Promise<BegunRun> {
  const { card, key, records } = task
  const capacity = chunkRecords(task, lanes)
  const cut = { capacity, records, layout: layoutOf(key.set, card) }
  const all = Array.from({ length: Math.ceil(records / capacity) }, (_, c) => chunkTotal(c, cut))
  const named = { model: card.id, card: card.hash, key: key.fingerprint, run: toHex(task.run) }
  const count = { chunks: all.length, records: all.reduce((sum, each) => sum + each, 0) }
  const { expires, ...ticket } = await runs.create({ ...named, ...count }, signal)
  return { ticket, expires, capacity, chunks: all.length }
}

/** Whether a chunk has to be sealed and sent. */
type IsMissing = (chunk: number) => boolean

const everyChunk: IsMissing = () => true

function missingOf({ missing }: { readonly missing: readonly ChunkRange[] }): IsMissing {
  return (chunk) => missing.some(([from, to]) => from <= chunk && chunk <= to)
}

/** How a run is cut. */
interface Cut {
  readonly capacity: number
  /** The file's, in all chunks together. */
  readonly records: number
  readonly layout: Layout
}

/** The records in a chunk of a run, planted ones included. */
export function chunkTotal(chunk: number, { capacity, records, layout }: Cut): number {
  const own = Math.min(capacity, records - chunk * capacity)
  return own + plantedWith(own, layout)
}

/** What the lanes have in common. */
interface Lanes {
  readonly task: HandOver
  readonly options: HandOverOptions
  readonly capacity: number
  readonly planter: Planter
  readonly blocks: BlockSource
  readonly counter: ProgressCounter
  readonly digest: RecordsDigest
  readonly missing: IsMissing
  /** Puts a chunk until it is stored. */
  readonly put: (chunk: number, body: Uint8Array<ArrayBuffer>) => Promise<void>
}

/** One lane: chunk after chunk until there are no more records. */
function laneOf(lanes: Lanes, signal: AbortSignal): () => Promise<void> {
  const { task, options, capacity, planter, blocks, counter, digest, missing, put } = lanes
  const { sealers, card, key, run, seed, records } = task
  const header: RunHeader = { card, fingerprint: key.fingerprint, run }
  const insist = <T>(work: () => Promise<T>): Promise<T> => retryWork(work, options, () => sealers.revive(), signal)
  return async () => {
    for (;;) {
      await options.control.pass(signal)
      const block = await insist(() => counter.time('read', () => blocks.next(signal)))
      if (block === null) return
      if (block.at + block.records > records) fail('file/unreadable', 'recordsChanged')
      const chunk = block.at / capacity
      digest.note(chunk, block)
      counter.count('read', block.records)
      if (missing(chunk)) await putBlock(chunk, block)
      else counter.restored(block.records)
    }
  }

  async function putBlock(chunk: number, block: EncodedBlock): Promise<void> {
    const planted = await planter.plant(seed, chunk, block)
    const sealed = await insist(() => sealers.seal(header, chunk, planted.block, signal))
    counter.sealed(block.records, sealed)
    await options.control.pass(signal)
    counter.count('sent', block.records)
    await counter.time('send', () => put(chunk, sealed.body))
    counter.answered(block.records, sealed.body.length, 0)
  }
}
