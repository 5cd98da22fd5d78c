import { proxy } from 'comlink'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { type Card, type KeySize, slotsPerCiphertext } from '../../core/card.ts'
import { asBlindscoreError, BlindscoreError } from '../../core/errors.ts'
import { type Crew, hireCrew } from '../workers/crew.ts'
import type { CheckProgress, CheckReport } from '../workers/inside/check.ts'
import type { EngineReport } from '../workers/inside/engine.ts'
import type { FileFormat } from '../workers/inside/format.ts'
import type { Preview } from '../workers/inside/inspect.ts'
import type { Plan } from '../workers/inside/plan.ts'
import type { Repair } from '../workers/inside/repairs.ts'
import type { ColumnSuggestion } from '../workers/inside/suggestColumns.ts'
import { RunControl } from './control.ts'
import { Evidence, type Seen, type Traffic } from './evidence.ts'
import type { Progress } from './figures.ts'
import { type Intake, takeIn } from './intake.ts'
import { type KeyState, keyObstacle, makeKey, prepareSealers } from './keyring.ts'
import { type Match, matchColumns, rematch, unusedColumns } from './matching.ts'
import { paced } from './paced.ts'
import { makeReceipt, type Receipt } from './receipt.ts'
import { type RunMap, type Scores, scoreFile } from './scoreFile.ts'
import type { ModelList, OnExchange, ScoringServer } from './server.ts'

/**
 * One person's way through the page, as state and the actions that move it. Screens show the state; nothing here
 * knows of a screen. A change upstream (another file, format, column) drops everything that depended on it.
 */
export interface SessionState {
  readonly card: Card | null
  readonly limits: ModelList['limits']
  readonly file: File | null
  /** Whose the file is: one's own, or a sample that came with the page. */
  readonly origin: 'own' | 'sample'
  /** The file as it was handed in, and what it was read from where that is no text: a workbook's sheet, say. */
  readonly source: File | null
  readonly table: Intake['table']
  readonly preview: Preview | null
  readonly reading: boolean
  /** Why the file could not be read. */
  readonly fileProblem: BlindscoreError | null
  readonly matches: readonly Match[]
  /** The matches before each change that the person made, oldest first. */
  readonly matchesBefore: readonly (readonly Match[])[]
  /** Columns that look like what a feature needs. */
  readonly columnSuggestions: readonly ColumnSuggestion[]
  /** What the person said of cells that are written otherwise. */
  readonly repairs: readonly Repair[]
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
  /** Which rows went into which chunk of the last run. */
  readonly map: RunMap | null
  /** Which arithmetic the workers run on, once there is a key. */
  readonly engine: EngineReport | null
  /** What crossed the line, newest last, at most some hundred exchanges. */
  readonly exchanges: readonly Seen[]
  readonly traffic: Traffic
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

const noFile = {
  file: null,
  origin: 'own',
  source: null,
  table: null,
  preview: null,
  reading: false,
  fileProblem: null,
  matches: [],
  matchesBefore: [],
  columnSuggestions: [],
  repairs: [],
  confirmDecimal: false,
  checking: null,
  report: null,
  agreed: false,
  run: { status: 'idle' },
  scores: null,
  map: null,
} as const satisfies Partial<SessionState>

/** What a change before the check drops. */
const unchecked = {
  report: null,
  agreed: false,
  run: { status: 'idle' },
  scores: null,
  map: null,
} as const satisfies Partial<SessionState>

export class Session {
  readonly store: StoreApi<SessionState>
  readonly server: ScoringServer
  #crew: Crew | null = null
  #work = new AbortController()
  #control = new RunControl()
  /** The key that the server was last given ahead of a run. */
  #introduced: string | null = null

  readonly #evidence = new Evidence()

  constructor(server: (onExchange: OnExchange) => ScoringServer) {
    this.store = createStore<SessionState>(() => ({
      ...noFile,
      card: null,
      limits: { recordsPerChunk: 1, bodyBytes: 1 },
      keySize: 3072,
      key: { status: 'none' },
      engine: null,
      exchanges: [],
      traffic: { requests: 0, bytesUp: 0, bytesDown: 0 },
    }))
    const evidence = this.#evidence
    const tell = paced(() => this.#set({ exchanges: evidence.seen, traffic: evidence.traffic }))
    this.server = server((exchange, body) => {
      evidence.note(exchange, body)
      tell()
    })
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
    const { preview, file, source, table, origin, confirmDecimal } = this.state
    this.#restart()
    const matches = preview ? matchColumns(card, preview.header) : []
    this.#set({ ...noFile, file, source, table, origin, preview, confirmDecimal, card, limits, matches })
    // A file that was still being read, or could not be, is read anew: what was under way has just been stopped.
    if (source && !preview) void this.openFile(source, origin)
    else void this.#check()
    void this.#suggestColumns()
  }

  async openFile(source: File, origin: SessionState['origin'] = 'own', sheet: number | null = null): Promise<void> {
    const signal = this.#restart()
    this.#set({ ...noFile, file: source, source, origin, reading: true })
    void this.#introduceKey()
    try {
      const { file, table } = await takeIn(source, sheet, signal)
      this.#set({ file, table })
    } catch (thrown) {
      if (signal.aborted) return
      this.#set({ reading: false, fileProblem: asBlindscoreError(thrown) })
      return
    }
    if (!signal.aborted) await this.#inspect({})
  }

  /** Reads another sheet of the workbook. */
  async chooseSheet(sheet: number): Promise<void> {
    const { source, origin } = this.state
    if (source) await this.openFile(source, origin, sheet)
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
    const { file, source, table, origin, card } = this.state
    if (!file) return
    const signal = this.#restart()
    this.#set({ ...noFile, file, source, table, origin, reading: true })
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
    void this.#suggestColumns()
    await this.#check()
  }

  /** Looks for columns that may be what the features without one need. */
  async #suggestColumns(): Promise<void> {
    const { card, preview, matches } = this.state
    const open = matches.flatMap(({ feature, column }) => (column === null ? [feature] : []))
    if (!card || !preview || open.length === 0) return
    const free = unusedColumns(preview.header, matches)
    const found = await this.#hired.reader
      .call((reader) => reader.suggestColumns(card, preview, open, free))
      .catch(() => [])
    if (this.state.preview === preview && this.state.card === card) this.#set({ columnSuggestions: found })
  }

  /** Feeds a feature from a column, or from none. A column that another feature had is taken from it. */
  matchColumn(feature: number, column: number | null): void {
    this.#rematch(rematch(this.state.matches, feature, column))
  }

  /** Takes every suggested column whose feature still has none. */
  takeSuggestions(): void {
    const { matches, columnSuggestions } = this.state
    const next = columnSuggestions.reduce((all: readonly Match[], { feature, column }) => {
      const free = !all.some((match) => match.column === column) && all[feature]?.column === null
      return free ? rematch(all, feature, column) : all
    }, matches)
    this.#rematch(next)
  }

  /** Takes back the last change of the matches. */
  undoMatch(): void {
    const { matchesBefore } = this.state
    const last = matchesBefore.at(-1)
    if (last) this.#rematch(last, matchesBefore.slice(0, -1))
  }

  #rematch(matches: readonly Match[], matchesBefore = [...this.state.matchesBefore, this.state.matches]): void {
    this.#restart()
    const moved = (feature: number) => matches[feature]?.column !== this.state.matches[feature]?.column
    const repairs = this.state.repairs.filter(({ feature }) => !moved(feature))
    this.#set({ ...unchecked, matches, matchesBefore, repairs, checking: null })
    void this.#check()
  }

  /** Reads some cells otherwise from now on; ways of one feature's numbers are joined into one reading. */
  repair(repair: Repair): void {
    this.#repair([...this.state.repairs, repair])
  }

  /** Takes a repair back. */
  undoRepair(at: number): void {
    this.#repair(this.state.repairs.filter((_, i) => i !== at))
  }

  #repair(repairs: readonly Repair[]): void {
    this.#set({ repairs })
    void this.#check()
  }

  /** The plan, once every feature has its column. */
  get plan(): Plan | null {
    const { card, preview, matches, repairs, confirmDecimal } = this.state
    if (!card || !preview || confirmDecimal || matches.length === 0) return null
    const columns = matches.flatMap((match) => (match.column === null ? [] : [match.column]))
    if (columns.length !== card.features.length) return null
    return { format: preview.format, card, columns, width: preview.header.length, repairs }
  }

  async #check(): Promise<void> {
    const { file, preview, card } = this.state
    const plan = this.plan
    if (!file || !preview || !plan || !card) return
    const signal = this.#restart()
    const crew = this.#hired
    this.#set({ ...unchecked, checking: { rows: 0, bytesRead: 0 } })
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
    void this.#hired.vault
      .call((vault) => vault.engine())
      .then(
        (engine) => this.#set({ engine }),
        () => {},
      )
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
    if (key.status !== 'ready' || this.#introduced === key.info.fingerprint) return
    this.#introduced = key.info.fingerprint
    await this.server.register(key.info).catch(() => {
      this.#introduced = null
    })
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
    this.#set({ run: { status: 'running', progress: null, stuck: null }, scores: null, map: null })
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
          onBegin: (map) => this.#set({ map }),
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

  /** The file's rows with their scores, as CSV, or with tabs to be pasted into a spreadsheet. */
  async scoresFile(as?: { readonly delimiter: '\t' }): Promise<Blob> {
    const { file, preview, scores } = this.state
    const plan = this.plan
    if (!file || !preview || !scores || !plan) throw new BlindscoreError('internal', 'There are no scores to save.')
    return this.#hired.reader.call((reader) => reader.exportScores(file, plan, preview.header, scores.predictors, as))
  }

  /** The rows left out, with the reasons, as CSV. */
  async leftOutFile(): Promise<Blob> {
    const { file, preview } = this.state
    const plan = this.plan
    if (!file || !preview || !plan) throw new BlindscoreError('internal', 'There is no file.')
    return this.#hired.reader.call((reader) => reader.exportLeftOut(file, plan, preview.header))
  }

  /** Some rows' cells, read again from the file. */
  async cells(rows: readonly number[], columns: readonly number[], signal: AbortSignal): Promise<string[][]> {
    const { file, preview, report } = this.state
    if (!file || !preview || !report) throw new BlindscoreError('internal', 'There is no file.')
    const plan = { format: preview.format, width: preview.header.length }
    return this.#hired.reader.call((reader) => reader.someRows(file, plan, report.places, rows, columns), signal)
  }

  /** The body of an exchange that is still kept: the bytes that were handed to the network. */
  bodyOf(exchange: number): Uint8Array<ArrayBuffer> | null {
    return this.#evidence.body(exchange)
  }

  /** What the last run sent, to keep: no cell, no score, no key. */
  async receipt(): Promise<Receipt> {
    return makeReceipt(this.state, this.server.url, await this.#evidence.receipt())
  }
}
