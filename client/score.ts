import type { Card } from '../core/card/card.ts'
import type { KnownRecord } from '../core/card/knownRecords.ts'
import { asBlindscoreError, type BlindscoreError, cancelled } from '../core/errors.ts'
import { toHex } from '../core/number/bytes.ts'
import type { KeyName, PublicKey } from '../core/protocol/scheme.ts'
import { layoutOf, parameterSet, schemeOf } from '../core/protocol/schemes.ts'
import type { Checkpoint } from '../files/checkpoint.ts'
import { secureRandom } from '../platform/random.ts'
import type { BlockSource, EncodedBlock, RunHeader } from './block.ts'
import { chunkSlots, type RequestLimits } from './chunks.ts'
import type { RunControl } from './control.ts'
import { HourRoom, type HourSaid } from './hourRoom.ts'
import { encodeKnown, type PlantedBlock, type PlantedKind, Planter, reservedSlots } from './planted.ts'
import { type Progress, ProgressCounter, type SealingWork } from './progress.ts'
import { retryWork } from './retry.ts'
import { roundPredictors } from './round.ts'
import { registerKey, sendChunk } from './send.ts'
import type { ScoringServer } from './server.ts'
import { ServerWait, type Wait } from './serverWait.ts'

/** Who holds the key: workers or threads that seal and open, side by side. */
export interface Sealers {
  readonly size: number
  seal(header: RunHeader, chunk: number, block: EncodedBlock, signal: AbortSignal): Promise<SealedChunk>
  open(header: RunHeader, chunk: number, records: number, answer: Uint8Array, signal: AbortSignal): Promise<OpenedChunk>
  /** Starts workers in place of those that ended. */
  revive(): void
}

export interface SealedChunk extends SealingWork {
  /** The request's body. */
  readonly body: Uint8Array<ArrayBuffer>
}

export interface OpenedChunk {
  /** records × heads linear predictors. */
  readonly predictors: Float64Array
  readonly took: number
}

/**
 * Answers that outlive a run's tab: stored as they come, whatever they will turn out to say, and those of its earlier part.
 */
export interface AnswerStore {
  /** Records of the file per chunk of the run's earlier part, if there is one. */
  readonly capacity: number | null
  /** It has every answer, so that the server will be asked for none. */
  readonly whole?: boolean
  earlier(chunk: number): Promise<StoredAnswer | null>
  save(chunk: number, answer: StoredAnswer): void
}

export interface StoredAnswer {
  /** The run's number on the chunk: a run that was resumed has several. */
  readonly run: Uint8Array
  /** What the planted records of that part follow from. */
  readonly seed: Uint8Array<ArrayBuffer>
  readonly answer: Uint8Array
}

/** What a run needs to be told. */
export interface Run {
  readonly server: ScoringServer
  readonly limits: RequestLimits
  readonly card: Card
  readonly key: PublicKey
  readonly sealers: Sealers
  /** The records, in blocks of so many. */
  readonly blocks: (capacity: number) => BlockSource
  /** How many records there will be, where it is known. */
  readonly records: number | null
  readonly store?: AnswerStore | null
  /** What the server said of its hour, where that is known and nothing of the run was charged before. */
  readonly hour?: HourSaid | null
  /** The card's known records, where something else than this encodes them. */
  readonly known?: () => Promise<readonly KnownRecord[]>
}

/** How a run is cut. */
export interface RunPlan {
  /** Hexadecimal; stands on every chunk of the run. */
  readonly run: string
  /** The key that it is sealed with, whatever becomes of it. */
  readonly key: KeyName
  /** Chunk c holds the file's records from c · capacity on, and planted ones among them. */
  readonly capacity: number
  readonly planted: PlantedKind
}

export interface RunOptions {
  readonly control: RunControl
  /** Told once, before anything is sent. */
  readonly onBegin?: (plan: RunPlan) => void
  readonly onProgress: (progress: Progress) => void
  /**
   * The run has paused itself: the server cannot be reached, workers keep ending, or the key is locked. `until`: when the
   * server says that it is worth another try, in milliseconds since 1970.
   */
  readonly onStuck: (error: BlindscoreError, until?: number | null) => void
  /** Nothing is sent for a while, since the server is not to be had; null once it answers again. */
  readonly onWait?: (wait: Wait | null) => void
  /**
   * Gets a block as soon as it is read, with the places of the planted records in its chunk, and its predictors once they
   * are opened: blocks of a run come in any order.
   */
  readonly onRead?: (block: EncodedBlock, planted: readonly number[]) => void
  readonly onOpened: (block: EncodedBlock, predictors: Float64Array) => Promise<void> | void
  /** Where the server keeps a log: what it signed of that once all was answered. See `ScoringServer.checkpoint`. */
  readonly onCheckpoint?: (checkpoint: Checkpoint | null) => void
  /**
   * An answer must not be believed: nothing that was opened may be shown, also where the run is ended before its end. The run
   * goes on, and nothing that the server can see may follow from this.
   */
  readonly onWithheld?: () => void
}

/** Lanes that a run has: each has one chunk under way, so that every stage has work while others wait. */
export const lanesFor = (sealers: Pick<Sealers, 'size'>): number => 2 * sealers.size + 2

/**
 * The journey of records: read and encode, plant, seal, send, score, open. Several lanes walk it at once, each with one
 * chunk at a time, so the stages overlap and only a few chunks are in memory however many records there are.
 *
 * Rejects with `run/cancelled` when the signal aborts and with the error of the first chunk that the server refuses. An
 * answer that must not be believed changes nothing before the last chunk has gone the same way ({@link Opened}): only
 * then it rejects, with that.
 */
export async function scoreBlocks(run: Run, options: RunOptions, signal: AbortSignal): Promise<Progress> {
  const { server, card, key, sealers } = run
  const lanes = lanesFor(sealers)
  const { set, fingerprint } = key
  const capacity = run.store?.capacity ?? chunkRecords(run, lanes)
  const header: RunHeader = { card, fingerprint, run: secureRandom(16) }
  const counter = new ProgressCounter(run.records, options.onProgress)
  const planter = new Planter(card, layoutOf(set, card), await (run.known?.() ?? encodeKnown(card)))
  options.onBegin?.({ run: toHex(header.run), key: { set, fingerprint }, capacity, planted: planter.kind })

  const stopped = new AbortController()
  const either = AbortSignal.any([signal, stopped.signal])
  if (!run.store?.whole) await registerKey(server, key, either)
  const opened = new Opened(options, counter, roundingOf(card, set))
  const walk = laneOf({
    run,
    options,
    header,
    seed: secureRandom(32).slice(),
    capacity,
    planter,
    blocks: run.blocks(capacity),
    counter,
    opened,
    wait: new ServerWait(options.onWait),
    room: new HourRoom(run.hour ?? null),
    signal: either,
  })
  const failures = await walkLanes(lanes, walk, stopped)
  // Also of a run that ended before its end: what was answered of it was paid for.
  const progress = counter.finish()
  if (signal.aborted) throw cancelled()
  // Whatever the answers were: nothing that the server sees may follow from that.
  if (failures.length === 0 && server.keepsLog)
    options.onCheckpoint?.(await server.checkpoint(signal).catch(() => null))
  if (opened.withheld) throw opened.withheld
  if (failures.length > 0) throw asBlindscoreError(failures[0])
  return progress
}

/** Walks so many lanes at once. One's failure ends the others; the failures themselves are what the caller hears of. */
export async function walkLanes(
  lanes: number,
  walk: () => Promise<void>,
  stopped: AbortController,
): Promise<unknown[]> {
  const failures: unknown[] = []
  await Promise.all(
    Array.from({ length: lanes }, () =>
      walk().catch((thrown) => {
        failures.push(thrown)
        stopped.abort()
      }),
    ),
  )
  return failures
}

/** How predictors leave a run under that set: as they were opened, or rounded. */
function roundingOf({ tolerance }: Card, set: string): (predictors: Float64Array) => Float64Array {
  if (!schemeOf(parameterSet(set)).roundsScores) return (predictors) => predictors
  return (predictors) => roundPredictors(predictors, tolerance)
}

/** The records of the file in a chunk: its slots but those for planted records. */
export function chunkRecords(
  { card, key, limits, records }: Pick<Run, 'card' | 'key' | 'limits' | 'records'>,
  lanes: number,
): number {
  const slots = chunkSlots(card, key.set, limits, lanes, records)
  return slots - reservedSlots(slots)
}

/** What the lanes of a run share. */
interface Lanes {
  readonly run: Run
  readonly options: RunOptions
  readonly header: RunHeader
  readonly seed: Uint8Array<ArrayBuffer>
  readonly capacity: number
  readonly planter: Planter
  readonly blocks: BlockSource
  readonly counter: ProgressCounter
  readonly opened: Opened
  readonly wait: ServerWait
  readonly room: HourRoom
  readonly signal: AbortSignal
}

/** One lane: chunk after chunk until there are no more records. */
function laneOf(lanes: Lanes): () => Promise<void> {
  const { run, options, header, seed, capacity, planter, blocks, counter, opened, signal } = lanes
  const { sealers, store } = run
  const insist = <T>(work: () => Promise<T>): Promise<T> => retryWork(work, options, () => sealers.revive(), signal)

  return async () => {
    for (;;) {
      await options.control.pass(signal)
      const block = await insist(() => counter.time('read', () => blocks.next(signal)))
      if (block === null) return
      const { records, at } = block
      const chunk = at / capacity
      const earlier = await store?.earlier(chunk)
      const planted = await planter.plant(earlier?.seed ?? seed, chunk, block)
      options.onRead?.(block, planted.places)
      counter.count('read', records)

      const answer = earlier?.answer ?? (await answerTo(lanes, insist, chunk, planted.block, records))
      if (earlier) counter.restored(records)
      // Whatever it says: which answers a run that is resumed asks for again is seen by the server.
      else store?.save(chunk, { run: header.run, seed, answer })

      const asked = { ...header, run: earlier?.run ?? header.run }
      await opened.take(block, planted, () =>
        insist(() => sealers.open(asked, chunk, planted.block.records, answer, signal)),
      )
    }
  }
}

/** Seals a chunk and has it scored. Of its records so many are the file's. */
async function answerTo(
  { run, options, header, counter, wait, room, signal }: Lanes,
  insist: <T>(work: () => Promise<T>) => Promise<T>,
  chunk: number,
  block: EncodedBlock,
  records: number,
): Promise<Uint8Array> {
  const { server, card, key, sealers } = run
  const sealed = await insist(() => sealers.seal(header, chunk, block, signal))
  counter.sealed(records, sealed)

  await options.control.pass(signal)
  counter.count('sent', records)
  const asked = { header, chunk, records: block.records, set: key.set }
  const slots = layoutOf(key.set, card).answeredSlots(block.records)
  const request = { server, model: card.id, key, asked, body: sealed.body, slots, wait, room }
  const answer = await counter.time('send', () => sendChunk(request, options, signal))
  counter.answered(records, sealed.body.length, answer.length)
  return answer
}

/**
 * What comes of a run's answers. Nothing that the server can see depends on what is in them: after one that must not be
 * believed the run goes on as before to its end, chunk for chunk, and what is opened is dropped. If it stopped, a server
 * that answers with something else than scores would learn from that whether its guess of a record was right.
 */
class Opened {
  readonly #options: Pick<RunOptions, 'onOpened' | 'onWithheld'>
  readonly #counter: ProgressCounter
  readonly #round: (predictors: Float64Array) => Float64Array
  /** Why nothing of the run may be shown. */
  withheld: BlindscoreError | null = null

  constructor(
    options: Pick<RunOptions, 'onOpened' | 'onWithheld'>,
    counter: ProgressCounter,
    round: (predictors: Float64Array) => Float64Array,
  ) {
    this.#options = options
    this.#counter = counter
    this.#round = round
  }

  async take(block: EncodedBlock, planted: PlantedBlock, open: () => Promise<OpenedChunk>): Promise<void> {
    const { predictors, took } = await this.#read(planted, open)
    if (predictors && !this.withheld) await this.#options.onOpened(block, predictors)
    this.#counter.opened(block.records, planted.places.length, took)
  }

  async #read(
    planted: PlantedBlock,
    open: () => Promise<OpenedChunk>,
  ): Promise<{ readonly predictors: Float64Array | null; readonly took: number }> {
    try {
      const { predictors, took } = await open()
      return { predictors: this.#round(planted.read(predictors)), took }
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      if (error.code === 'run/cancelled') throw error
      if (!this.withheld) this.#options.onWithheld?.()
      this.withheld ??= error
      return { predictors: null, took: 0 }
    }
  }
}
