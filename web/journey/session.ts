import { proxy } from 'comlink'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { type Card, type KeySize, slotsPerCiphertext } from '../../core/card.ts'
import { asBlindscoreError, BlindscoreError } from '../../core/errors.ts'
import { type Crew, hireCrew } from '../workers/crew.ts'
import type { CheckProgress, CheckReport } from '../workers/inside/check.ts'
import type { FileFormat } from '../workers/inside/format.ts'
import type { Preview } from '../workers/inside/inspect.ts'
import type { Plan } from '../workers/inside/plan.ts'
import { RunControl } from './control.ts'
import type { Progress } from './figures.ts'
import { type KeyState, keyObstacle, makeKey, prepareSealers } from './keyring.ts'
import { type Match, matchColumns } from './matching.ts'
import { type Scores, scoreFile } from './scoreFile.ts'
import type { Exchange, ModelList, ScoringServer } from './server.ts'

/**
 * One person's way through the page, as state and the actions that move it. Screens show the state; nothing here
 * knows of a screen. A change upstream (another file, format, column) drops everything that depended on it.
 */
export interface SessionState {
  readonly card: Card | null
  readonly limits: ModelList['limits']
  readonly file: File | null
  readonly preview: Preview | null
  readonly reading: boolean
  /** Why the file could not be read. */
  readonly fileProblem: BlindscoreError | null
  readonly matches: readonly Match[]
  /** A decimal comma was found and waits for the person's word. */
  readonly confirmDecimal: boolean
  readonly checking: CheckProgress | null
  readonly report: CheckReport | null
  /** The person agreed that the rows with problems are left out. */
  readonly agreed: boolean
  readonly keySize: KeySize
  readonly key: KeyState
  readonly run: RunState
  readonly scores: Scores | null
  /** What crossed the line, newest last, at most some hundred exchanges. */
  readonly exchanges: readonly Exchange[]
  /** All exchanges so far, also those that are listed no more. */
  readonly traffic: { readonly requests: number; readonly bytesUp: number; readonly bytesDown: number }
}

export type RunState =
  | { readonly status: 'idle' }
  | {
      readonly status: 'running' | 'paused'
      readonly progress: Progress | null
      /** Why the run paused itself. */
      readonly stuck: BlindscoreError | null
    }
  | { readonly status: 'cancelled' | 'done' }
  | { readonly status: 'failed'; readonly error: BlindscoreError }

const mostExchanges = 500

const noFile = {
  file: null,
  preview: null,
  reading: false,
  fileProblem: null,
  matches: [],
  confirmDecimal: false,
  checking: null,
  report: null,
  agreed: false,
  run: { status: 'idle' },
  scores: null,
} as const satisfies Partial<SessionState>

export class Session {
  readonly store: StoreApi<SessionState>
  readonly server: ScoringServer
  #crew: Crew | null = null
  #work = new AbortController()
  #control = new RunControl()

  constructor(server: (onExchange: (exchange: Exchange) => void) => ScoringServer) {
    this.store = createStore<SessionState>(() => ({
      ...noFile,
      card: null,
      limits: { recordsPerChunk: 1, bodyBytes: 1 },
      keySize: 3072,
      key: { status: 'none' },
      exchanges: [],
      traffic: { requests: 0, bytesUp: 0, bytesDown: 0 },
    }))
    this.server = server((exchange) =>
      this.#set(({ exchanges, traffic: { requests, bytesUp, bytesDown } }) => ({
        exchanges: [...exchanges.slice(-(mostExchanges - 1)), exchange],
        traffic: {
          requests: requests + 1,
          bytesUp: bytesUp + exchange.bytesUp,
          bytesDown: bytesDown + exchange.bytesDown,
        },
      })),
    )
  }

  get state(): SessionState {
    return this.store.getState()
  }

  #set(change: Partial<SessionState> | ((state: SessionState) => Partial<SessionState>)): void {
    this.store.setState(change)
  }

  /** The workers, hired when they are first needed. */
  get #hired(): Crew {
    this.#crew ??= hireCrew()
    return this.#crew
  }

  /** Stops whatever is under way and hands out the signal of what comes next. */
  #restart(): AbortSignal {
    this.#work.abort()
    this.#work = new AbortController()
    return this.#work.signal
  }

  chooseModel(card: Card, limits: ModelList['limits']): void {
    const { preview, file, confirmDecimal } = this.state
    this.#restart()
    const matches = preview ? matchColumns(card, preview.header) : []
    this.#set({ ...noFile, file, preview, confirmDecimal, card, limits, matches })
    // A file that was still being read, or could not be, is read anew: what was under way has just been stopped.
    if (file && !preview) void this.#inspect({})
    else void this.#check()
  }

  async openFile(file: File): Promise<void> {
    this.#set({ ...noFile, file })
    void this.ensureKey()
    await this.#inspect({})
  }

  /** Reads the file anew, with what the person says of its format. */
  async changeFormat(chosen: Partial<FileFormat>): Promise<void> {
    const { preview, confirmDecimal } = this.state
    // A decimal mark that waits for the person's word is found anew, not taken as given.
    const { decimalMark, ...rest } = preview?.format ?? {}
    await this.#inspect({ ...rest, ...(decimalMark && !confirmDecimal && { decimalMark }), ...chosen })
  }

  confirmDecimalMark(): void {
    this.#set({ confirmDecimal: false })
    void this.#check()
  }

  closeFile(): void {
    this.#restart()
    this.#set({ ...noFile })
  }

  async #inspect(chosen: Partial<FileFormat>): Promise<void> {
    const { file, card } = this.state
    if (!file) return
    const signal = this.#restart()
    this.#set({ ...noFile, file, reading: true })
    try {
      const preview = await this.#hired.reader.call((reader) => reader.inspect(file, chosen), signal)
      const matches = card ? matchColumns(card, preview.header) : []
      const confirmDecimal = preview.format.decimalMark === ',' && chosen.decimalMark === undefined
      this.#set({ preview, matches, confirmDecimal, reading: false })
    } catch (thrown) {
      if (signal.aborted) return
      this.#set({ reading: false, fileProblem: asBlindscoreError(thrown) })
      return
    }
    await this.#check()
  }

  /** Feeds a feature from a column, or from none. A column that another feature had is taken from it. */
  matchColumn(feature: number, column: number | null): void {
    this.#restart()
    const matches = this.state.matches.map((match): Match => {
      if (match.feature === feature) return { feature, column, how: column === null ? 'none' : 'chosen' }
      return column !== null && match.column === column ? { ...match, column: null, how: 'none' } : match
    })
    this.#set({ matches, checking: null, report: null, agreed: false, run: { status: 'idle' }, scores: null })
    void this.#check()
  }

  /** The plan, once every feature has its column. */
  get plan(): Plan | null {
    const { card, preview, matches, confirmDecimal } = this.state
    if (!card || !preview || confirmDecimal || matches.length === 0) return null
    const columns = matches.flatMap((match) => (match.column === null ? [] : [match.column]))
    if (columns.length !== card.features.length) return null
    return { format: preview.format, card, columns, width: preview.header.length }
  }

  async #check(): Promise<void> {
    const { file, preview, card } = this.state
    const plan = this.plan
    if (!file || !preview || !plan || !card) return
    const signal = this.#restart()
    const crew = this.#hired
    this.#set({
      checking: { rows: 0, bytesRead: 0 },
      report: null,
      agreed: false,
      run: { status: 'idle' },
      scores: null,
    })
    try {
      const report = await crew.reader.call(
        (reader) =>
          reader.check(
            file,
            plan,
            preview.header,
            proxy((checking: CheckProgress) => {
              if (!signal.aborted) this.#set({ checking })
            }),
          ),
        signal,
      )
      if (report.rows === 0) throw new BlindscoreError('file/empty', 'The file has a header but no rows.')
      this.#set({ checking: null, report })
      this.#prepare()
      void this.#introduceKey()
    } catch (thrown) {
      if (signal.aborted) return
      this.#set({ checking: null, fileProblem: asBlindscoreError(thrown) })
    }
  }

  agree(agreed: boolean): void {
    this.#set({ agreed })
  }

  /** Chooses the size of the next key; a present key of another size is replaced. */
  async setKeySize(keySize: KeySize): Promise<void> {
    const { key } = this.state
    this.#set({ keySize })
    if (key.status === 'ready' && key.info.bits !== keySize) {
      this.#set({ key: { status: 'none' } })
      await this.ensureKey()
    }
  }

  async forgetKey(): Promise<void> {
    this.#restart()
    this.#set({ key: { status: 'none' }, run: { status: 'idle' } })
    await this.#crew?.vault.call((vault) => vault.forget())
  }

  /** Makes the key where there is none yet. Resolves when it is ready or cannot be had. */
  async ensureKey(): Promise<KeyState> {
    const { key, keySize } = this.state
    const obstacle = keyObstacle()
    if (obstacle) {
      const error = new BlindscoreError('platform/insecure-context', 'This page cannot make a key here.')
      this.#set({ key: { status: 'failed', error } })
      return this.state.key
    }
    if (key.status === 'ready') return key
    if (key.status === 'making') {
      return new Promise((resolve) => {
        const unsubscribe = this.store.subscribe(({ key: now }) => {
          if (now.status === 'making') return
          unsubscribe()
          resolve(now)
        })
      })
    }
    this.#set({ key: { status: 'making', bits: keySize } })
    const made = await makeKey(this.#hired, keySize)
    this.#set({ key: made })
    return made
  }

  /** Has the sealers make residues for a run over the present file, or for another one. */
  #prepare(): void {
    const { card, report, keySize } = this.state
    if (!card || !report) return
    const blocks = Math.ceil(report.scorable / Math.max(1, slotsPerCiphertext(card.slotBits, keySize)))
    void prepareSealers(this.#hired, blocks * card.inputs.length)
  }

  /**
   * Gives the server the key before the run needs it: it checks the proof, and makes masks ahead, while the person reads
   * the preview. A failure here is no matter; the run gives it again.
   */
  async #introduceKey(): Promise<void> {
    const key = await this.ensureKey()
    if (key.status === 'ready') await this.server.register(key.info).catch(() => {})
  }

  get canRun(): boolean {
    const { report, agreed, run } = this.state
    if (!report || report.scorable === 0 || !this.plan) return false
    if (run.status === 'running' || run.status === 'paused') return false
    return report.leftOut === 0 || agreed
  }

  async start(): Promise<void> {
    const { file, report, limits } = this.state
    const plan = this.plan
    if (!file || !report || !plan || !this.canRun) return
    const signal = this.#restart()
    this.#control = new RunControl()
    this.#set({ run: { status: 'running', progress: null, stuck: null }, scores: null })
    try {
      const key = await this.ensureKey()
      if (key.status === 'failed') throw key.error
      if (key.status !== 'ready') throw new BlindscoreError('key/locked', 'There is no key.')
      const crew = this.#hired
      const { server } = this
      const run = { crew, server, limits, key: key.info, file, plan, scorable: report.scorable }
      const scores = await scoreFile(
        run,
        {
          control: this.#control,
          onProgress: (progress) => this.#progress(signal, { progress }),
          onStuck: (stuck) => this.#progress(signal, { stuck, status: 'paused' }),
        },
        signal,
      )
      this.#set({ scores, run: { status: 'done' } })
      this.#prepare()
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      if (this.#work.signal !== signal) return
      this.#set({ run: error.code === 'run/cancelled' ? { status: 'cancelled' } : { status: 'failed', error } })
    }
  }

  #progress(signal: AbortSignal, change: Partial<Extract<RunState, { progress: unknown }>>): void {
    if (signal.aborted) return
    this.#set(({ run }) => ('progress' in run ? { run: { ...run, ...change } } : {}))
  }

  pause(): void {
    this.#control.pause()
    this.#progress(this.#work.signal, { status: 'paused' })
  }

  resume(): void {
    this.#progress(this.#work.signal, { status: 'running', stuck: null })
    this.#control.resume()
  }

  cancel(): void {
    this.#work.abort()
    this.#set({ run: { status: 'cancelled' } })
  }

  /** The file's rows with their scores, as CSV. */
  async scoresFile(): Promise<Blob> {
    const { file, preview, scores } = this.state
    const plan = this.plan
    if (!file || !preview || !scores || !plan) throw new BlindscoreError('internal', 'There are no scores to save.')
    return this.#hired.reader.call((reader) => reader.exportScores(file, plan, preview.header, scores.predictors))
  }

  /** The rows left out, with the reasons, as CSV. */
  async leftOutFile(): Promise<Blob> {
    const { file, preview } = this.state
    const plan = this.plan
    if (!file || !preview || !plan) throw new BlindscoreError('internal', 'There is no file.')
    return this.#hired.reader.call((reader) => reader.exportLeftOut(file, plan, preview.header))
  }
}
