import type { Card } from '../core/card/card.ts'
import { labelOf, responses } from '../core/card/outcome.ts'
import { asBlindscoreError, cancelled } from '../core/errors.ts'
import type { PublicKey } from '../core/protocol/scheme.ts'
import { defaultSet, parameterSet } from '../core/protocol/schemes.ts'
import type { Checkpoint } from '../files/checkpoint.ts'
import type { EncodedBlock } from './block.ts'
import { RunControl } from './control.ts'
import { setOfChoice, uplinkTo } from './estimate.ts'
import { fail } from './faults.ts'
import type { Progress } from './progress.ts'
import { type ClientRecord, RecordBlocks, type RecordOptions } from './records.ts'
import { type SchemeChoice, schemeChoices } from './schemeChoice.ts'
import { lanesFor, type Run, type RunOptions, type Sealers, scoreBlocks } from './score.ts'
import { type ModelList, ScoringServer, type ServerOptions } from './server.ts'

/** Who seals and opens with a key, and can be ended. */
export interface KeySealers extends Sealers {
  readonly publicKey: PublicKey
  /** Lets go of the key in every thread. Nothing may be asked afterwards. */
  end(): Promise<void>
}

/** Starts sealers with the key of the connection, or with a fresh one of a set whose keys are for one run. */
export type StartSealers = (set: string | null) => Promise<KeySealers>

/** A record's score. */
export interface Score {
  /** The record's place among those that were given, from 0. */
  readonly index: number
  /** One linear predictor per head, exact within the card's tolerance. */
  readonly predictors: readonly number[]
  /** One response per name of the card's `responses`. */
  readonly responses: readonly number[]
  /** The name of the largest response, where the card has labels. */
  readonly label?: string
}

export interface ScoreOptions extends RecordOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /**
   * Where the server keeps a log of its answers: how far that had come when all was answered, signed; null where it gave no such thing.
   * `blindscore audit verify` holds the log against it.
   */
  readonly onCheckpoint?: (checkpoint: Checkpoint | null) => void
  /** The server cannot be reached or keeps refusing: true to go on trying. Without it the run ends with the error. */
  readonly onStuck?: (error: Error) => boolean | Promise<boolean>
}

export interface ConnectionOptions extends ServerOptions {
  /**
   * The encryption scheme: `paillier`, the default, whose key lasts as long as the connection; `lattice`, with a key for each
   * call of `score`, where the server serves it for the model; `auto`, that one for many records.
   */
  readonly scheme?: SchemeChoice
  /** Threads or workers that seal side by side; as many as there are cores (and memory, in a browser) for, unless told. */
  readonly threads?: number
}

const mostThreads = 999

/** A scoring server and a key to score with: the analyst's half, without a page. */
export class Connection {
  readonly server: ScoringServer
  readonly #start: StartSealers
  readonly #scheme: SchemeChoice
  readonly #threads: number
  readonly #closing = new AbortController()
  #started: Promise<KeySealers> | null = null
  readonly #ofRuns = new Set<KeySealers>()
  #ended: Promise<void> | null = null
  #limits: Promise<ModelList> | null = null

  /** `start` is called when sealers are first needed. Throws `client/options` for what no connection can be made of. */
  constructor(address: string, start: StartSealers, options: ConnectionOptions = {}) {
    if (!isAddress(address)) fail('client/options', 'notAnAddress')
    const { threads = 1, scheme = 'paillier' } = options
    if (!schemeChoices.includes(scheme)) fail('client/options', 'schemeChoice', { choices: schemeChoices })
    this.#scheme = scheme
    if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads) {
      fail('client/options', 'threadCount', { most: mostThreads })
    }
    this.#threads = threads
    this.server = new ScoringServer(address, options)
    this.#start = start
  }

  /** The models that the server scores with, and what one request may hold. */
  async models(signal?: AbortSignal): Promise<ModelList> {
    this.#mustBeOpen()
    return this.server.models(signal)
  }

  /** A model's card. Throws `model/unknown` for an id that the server does not have. */
  async model(id: string, signal?: AbortSignal): Promise<Card> {
    this.#mustBeOpen()
    return this.server.card(id, signal)
  }

  /**
   * The scores of records, in their order, as they are opened. Records are pulled as fast as they can be scored, so they
   * may be without end; a consumer that stops early stops the run, and so does `close`.
   */
  async *score(
    model: string | Card,
    records: AsyncIterable<ClientRecord> | Iterable<ClientRecord>,
    options: ScoreOptions = {},
  ): AsyncGenerator<Score, void, undefined> {
    this.#mustBeOpen()
    const stop = new AbortController()
    const own = options.signal ? [options.signal] : []
    const signal = AbortSignal.any([...own, stop.signal, this.#closing.signal])
    const card = typeof model === 'string' ? await this.model(model, signal) : model
    const known = Array.isArray(records) ? records.length : null
    const { sealers, limits, endRun } = await this.#sealersFor(card, known)
    if (signal.aborted) {
      await endRun()
      throw cancelled()
    }
    const order = new InOrder(lanesFor(sealers))
    let source: RecordBlocks | null = null
    const run: Run = {
      server: this.server,
      limits,
      card,
      key: sealers.publicKey,
      sealers,
      blocks: (capacity) => {
        source = new RecordBlocks(card, records, capacity, options)
        return source
      },
      records: known,
    }
    const ended = scoreBlocks(run, this.#options(options, order), signal).then(
      () => order.end(null),
      (thrown: unknown) => order.end(asBlindscoreError(thrown)),
    )
    try {
      for (let done = await order.take(); done !== null; done = await order.take()) {
        yield* scoresOf(card, done.block, done.predictors)
      }
    } finally {
      stop.abort()
      order.end(null)
      await ended
      await (source as RecordBlocks | null)?.end()
      await endRun()
    }
  }

  /** All scores at once, for records that fit in memory. */
  async scoreAll(
    model: string | Card,
    records: AsyncIterable<ClientRecord> | Iterable<ClientRecord>,
    options: ScoreOptions = {},
  ): Promise<Score[]> {
    const all: Score[] = []
    for await (const score of this.score(model, records, options)) all.push(score)
    return all
  }

  /** Cancels what runs, ends the threads and lets go of the key in them. Whatever is asked later is `client/closed`. */
  close(): Promise<void> {
    this.#ended ??= this.#end()
    return this.#ended
  }

  async #end(): Promise<void> {
    this.#closing.abort()
    // What was never started is not started in order to be ended.
    const sealers = await this.#started?.catch(() => null)
    await Promise.all([sealers?.end(), ...[...this.#ofRuns].map((own) => own.end())])
  }

  #mustBeOpen(): void {
    if (this.#ended) fail('client/closed', 'connectionClosed')
  }

  /** Those of the connection's key, or others with a key for one run, who end with it. */
  async #sealersFor(card: Card, records: number | null) {
    const { limits, models } = await this.#models()
    const { schemes = [] } = models.find(({ id }) => id === card.id) ?? {}
    const lanes = lanesFor({ size: 1 })
    const shape = { card, limits, lanes, records }
    const asked = { choice: this.#scheme, served: schemes, lasting: parameterSet(defaultSet), shape }
    const set = setOfChoice(asked, { sealers: this.#threads, uplink: uplinkTo(new URL(this.server.url)) })
    if (set === null) return { sealers: await this.#sealers(), limits, endRun: async () => {} }
    const sealers = await this.#start(set.id)
    const endRun = async (): Promise<void> => {
      this.#ofRuns.delete(sealers)
      await sealers.end()
    }
    this.#ofRuns.add(sealers)
    return { sealers, limits, endRun }
  }

  /** The sealers, started once. A start that failed is forgotten, so that the next run tries again. */
  #sealers(): Promise<KeySealers> {
    this.#started ??= this.#start(null).catch((thrown: unknown) => {
      this.#started = null
      throw thrown
    })
    return this.#started
  }

  #models(): Promise<ModelList> {
    this.#limits ??= this.models().catch((thrown: unknown) => {
      this.#limits = null
      throw thrown
    })
    return this.#limits
  }

  #options(options: ScoreOptions, order: InOrder): RunOptions {
    const control = new RunControl()
    return {
      control,
      onProgress: options.onProgress ?? (() => {}),
      ...(options.onCheckpoint && { onCheckpoint: options.onCheckpoint }),
      onStuck: (error) => {
        void Promise.resolve(options.onStuck?.(error) ?? false).then((goOn) => {
          if (goOn) control.resume()
          else order.end(error)
        })
      },
      onOpened: (block, predictors) => order.put(block, predictors),
    }
  }
}

/** Whether paths can be added to it: `fetch` refuses credentials, and a query or a fragment would swallow them. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === ''
}

function* scoresOf(card: Card, { records, rows }: EncodedBlock, predictors: Float64Array): Generator<Score> {
  const heads = card.heads.length
  for (let r = 0; r < records; r++) {
    const own = Array.from(predictors.subarray(r * heads, (r + 1) * heads))
    const given = responses(card, own)
    const index = rows[r] as number
    yield { index, predictors: own, responses: given, ...(card.label && { label: labelOf(card, given) }) }
  }
}

interface Opened {
  readonly block: EncodedBlock
  readonly predictors: Float64Array
}

/** Puts blocks that are opened in any order into theirs. Whoever is too far ahead waits until others have caught up. */
class InOrder {
  readonly #most: number
  readonly #opened = new Map<number, Opened>()
  #next = 0
  #error: Error | null = null
  #over = false
  #waiting: (() => void)[] = []

  constructor(most: number) {
    this.#most = most
  }

  async put(block: EncodedBlock, predictors: Float64Array): Promise<void> {
    this.#opened.set(block.at, { block, predictors })
    this.#wake()
    while (!this.#over && this.#opened.size > this.#most && this.#opened.has(this.#next)) await this.#change()
  }

  /** The next block, or null at the end. Throws the error that ended the run once what was opened before is taken. */
  async take(): Promise<Opened | null> {
    for (;;) {
      const opened = this.#opened.get(this.#next)
      if (opened) {
        this.#opened.delete(this.#next)
        this.#next += opened.block.records
        this.#wake()
        return opened
      }
      if (this.#error) throw this.#error
      if (this.#over) return null
      await this.#change()
    }
  }

  end(error: Error | null): void {
    if (!this.#over) this.#error = error
    this.#over = true
    this.#wake()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
