import type { Card } from '../core/card/card.ts'
import { asBlindscoreError, type BlindscoreError, cancelled } from '../core/errors.ts'
import { toHex } from '../core/number/bytes.ts'
import type { KeyName, PublicKey } from '../core/protocol/scheme.ts'
import { secureRandom } from '../platform/random.ts'
import { chunkCapacity, type RequestLimits } from './chunks.ts'
import type { RunControl } from './control.ts'
import { type Progress, ProgressCounter, type SealingWork } from './progress.ts'
import { retryWork } from './retry.ts'
import { registerKey, sendChunk } from './send.ts'
import type { ScoringServer } from './server.ts'

/** Some records as integers, and where they stand. */
export interface EncodedBlock {
  /** inputs × capacity integers, input by input; the places after `records` are zero. */
  readonly integers: Float64Array
  readonly capacity: number
  readonly records: number
  /** Where the block stands among the records that are scored, from 0. */
  readonly at: number
  /** Each record's row in its file, or its number. */
  readonly rows: Uint32Array
}

/** A run's records, pulled block by block by whoever is free. */
export interface BlockSource {
  /** The next block, or null at the end. */
  next(signal: AbortSignal): Promise<EncodedBlock | null>
}

/** What stands on every chunk of a run. */
export interface RunHeader {
  readonly card: Card
  /** Of the key, in hexadecimal. */
  readonly fingerprint: string
  /** 16 random bytes. */
  readonly run: Uint8Array
}

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

/** Answers that outlive a run's tab: stored as they come, and those of its earlier part. */
export interface AnswerStore {
  /** Records per chunk of the run's earlier part, if there is one. */
  readonly capacity: number | null
  earlier(chunk: number): Promise<StoredAnswer | null>
  save(chunk: number, answer: StoredAnswer): void
}

export interface StoredAnswer {
  /** The run's number on the chunk: a run that was resumed has several. */
  readonly run: Uint8Array
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
}

/** How a run is cut. */
export interface RunPlan {
  /** Hexadecimal; stands on every chunk of the run. */
  readonly run: string
  /** The key that it is sealed with, whatever becomes of it. */
  readonly key: KeyName
  /** Chunk c holds the records from c · capacity on. */
  readonly capacity: number
}

export interface RunOptions {
  readonly control: RunControl
  /** Told once, before anything is sent. */
  readonly onBegin?: (plan: RunPlan) => void
  readonly onProgress: (progress: Progress) => void
  /** The run has paused itself: the server cannot be reached, workers keep ending, or the key is locked. */
  readonly onStuck: (error: BlindscoreError) => void
  /** Gets a block as soon as it is read, and its predictors once they are opened: blocks of a run come in any order. */
  readonly onRead?: (block: EncodedBlock) => void
  readonly onOpened: (block: EncodedBlock, predictors: Float64Array) => Promise<void> | void
}

/** Lanes that a run has: each has one chunk under way, so that every stage has work while others wait. */
export const lanesFor = (sealers: Pick<Sealers, 'size'>): number => 2 * sealers.size + 2

/**
 * The journey of records: read and encode, seal, send, score, open. Several lanes walk it at once, each with one chunk at
 * a time, so the stages overlap and only a few chunks are in memory however many records there are.
 * Rejects with `run/cancelled` when the signal aborts and with the error of the first chunk that fails.
 */
export async function scoreBlocks(run: Run, options: RunOptions, signal: AbortSignal): Promise<Progress> {
  const { server, card, key, sealers } = run
  const { control, onStuck } = options
  const lanes = lanesFor(sealers)
  const store = run.store ?? null
  const capacity = store?.capacity ?? chunkCapacity(card, key.set, run.limits, lanes, run.records)
  const { set, fingerprint } = key
  const header: RunHeader = { card, fingerprint, run: secureRandom(16) }
  const counter = new ProgressCounter(run.records, options.onProgress)
  options.onBegin?.({ run: toHex(header.run), key: { set, fingerprint }, capacity })

  const stopped = new AbortController()
  const either = AbortSignal.any([signal, stopped.signal])
  await registerKey(server, key, either)
  const blocks = run.blocks(capacity)
  const insist = <T>(work: () => Promise<T>): Promise<T> => retryWork(work, options, () => sealers.revive(), either)

  /** Seals a block and has it scored. */
  const answerTo = async (chunk: number, block: EncodedBlock): Promise<Uint8Array> => {
    const sealed = await insist(() => sealers.seal(header, chunk, block, either))
    counter.sealed(block.records, sealed)

    await control.pass(either)
    counter.count('sent', block.records)
    const answer = await counter.time('send', () =>
      sendChunk(server, card.id, key, sealed.body, control, onStuck, either),
    )
    counter.answered(block.records, sealed.body.length, answer.length)
    return answer
  }

  const lane = async (): Promise<void> => {
    for (;;) {
      await control.pass(either)
      const block = await insist(() => counter.time('read', () => blocks.next(either)))
      if (block === null) return
      const { records, at } = block
      const chunk = at / capacity
      options.onRead?.(block)
      counter.count('read', records)

      const earlier = await store?.earlier(chunk)
      const answer = earlier?.answer ?? (await answerTo(chunk, block))
      if (earlier) counter.restored(records)

      const asked = { ...header, run: earlier?.run ?? header.run }
      const opened = await insist(() => sealers.open(asked, chunk, records, answer, either))
      await options.onOpened(block, opened.predictors)
      // Only now: an answer that must not be believed is not worth going on from.
      if (!earlier) store?.save(chunk, { run: header.run, answer })
      counter.opened(records, opened.took)
    }
  }

  // One lane's failure ends the others; the failure itself is what the caller hears of.
  const failures: unknown[] = []
  await Promise.all(
    Array.from({ length: lanes }, () =>
      lane().catch((thrown) => {
        failures.push(thrown)
        stopped.abort()
      }),
    ),
  )
  if (signal.aborted) throw cancelled()
  if (failures.length > 0) throw asBlindscoreError(failures[0])
  return counter.finish()
}
