import type { RunReceipt } from '../../client/runReceipt.ts'
import type { ModelList, OnExchange, ScoringServer } from '../../client/server.ts'
import type { Card } from '../../core/card/card.ts'
import { unforeseen } from '../../core/errors.ts'
import { throttle } from '../../platform/throttle.ts'
import type { TextKey } from '../../reader/rowOrder.ts'
import type { SavedAs } from '../reader/worker-reader.ts'
import type { LanguageId } from '../words/language.ts'
import { onIsolation } from '../workers/isolation.ts'
import { BudgetSlice } from './budget.ts'
import { FileSlice } from './file.ts'
import { FileOwner } from './fileOwner.ts'
import { FitsSlice } from './fits.ts'
import { handedBefore, noHandOvers } from './handedBefore.ts'
import { HandIn } from './handIn.ts'
import { KeySlice } from './key.ts'
import type { LaterParts } from './laterParts.ts'
import { NumbersSlice } from './numbers.ts'
import { planOf } from './questions.ts'
import { ofFile, ResultsSlice } from './results.ts'
import { ResumableRuns } from './resumableRuns.ts'
import { RunSlice } from './run.ts'
import { isBusy } from './runState.ts'
import { SchemeSlice } from './scheme.ts'
import { predictorsOf } from './scored.ts'
import { SealedSlice } from './sealed.ts'
import { SealingSlice } from './sealing.ts'
import type { Saveable, SessionState } from './state.ts'
import { makeStore, type SessionStore } from './store.ts'
import { TrafficLog } from './traffic.ts'
import { Workers } from './workers.ts'

/** It comes after the first scores: they are not later for it. */
const loadReceipt = () => import('./receipt.ts')

export type { RunState } from './runState.ts'
export type { SessionState } from './state.ts'

/**
 * One person's way through the page: the state that screens show, and the slices whose actions they call. Each slice has
 * its own work under way; one stops another's only where it changes what that depends on.
 */
export class Session {
  readonly store: SessionStore = makeStore()
  readonly server: ScoringServer
  readonly file: FileSlice
  readonly key: KeySlice
  readonly run: RunSlice
  readonly scheme: SchemeSlice
  readonly budget: BudgetSlice
  readonly resumable: ResumableRuns
  readonly results: ResultsSlice
  readonly sealed: SealedSlice
  readonly sealing: SealingSlice
  readonly numbers: NumbersSlice
  readonly handIn: HandIn
  readonly fits: FitsSlice
  readonly #workers: Workers
  readonly #owner: FileOwner
  readonly #traffic = new TrafficLog()
  readonly #later = new Map<object, object>()

  constructor(server: (onExchange: OnExchange) => ScoringServer) {
    const { store } = this
    const traffic = this.#traffic
    const tell = throttle(() => store.setState({ exchanges: traffic.seen, traffic: traffic.totals }))
    this.server = server((exchange, body) => {
      traffic.note(exchange, body)
      tell()
    })
    onIsolation((isolation) => store.setState({ isolation }))
    this.#workers = new Workers(() => void this.key.vaultLost())
    this.resumable = new ResumableRuns(store)
    this.numbers = new NumbersSlice(store)
    this.key = new KeySlice(store, this.#workers, this.server, {
      onOpened: () => {
        this.run.keyOpened()
        this.sealed.keyOpened()
      },
      onClosed: (lost) => this.run.keyClosed(lost),
    })
    const owner = new FileOwner(this.#workers, this.key)
    this.#owner = owner
    this.sealed = new SealedSlice(store, this.#workers, owner, this.server)
    this.scheme = new SchemeSlice(store, this.#workers, this.server, {
      onReckoned: () => {
        void this.budget.look()
        this.#prepareRun()
      },
    })
    this.budget = new BudgetSlice(store, this.server, () => this.scheme.nextRun())
    this.sealing = new SealingSlice(store, this.#workers, owner, this.scheme)
    this.results = new ResultsSlice(store, (state) => this.file.putBack(state))
    this.run = new RunSlice(store, this.#workers, {
      key: this.key,
      scheme: this.scheme,
      server: this.server,
      resumable: this.resumable,
      results: this.results,
      hour: () => this.budget.said,
      withOffered: this.#withOffered,
      onEnded: () => void this.budget.look(),
    })
    this.file = new FileSlice(store, this.#workers, {
      onFile: () => {
        this.#workers.warm()
        // Without a model nothing will be scored, and nothing is said to a server.
        if (this.state.card && this.scheme.takesLasting()) void this.key.register()
      },
      onChange: () => {
        this.run.stop()
        this.sealing.stop()
      },
      onChecked: () => {
        void this.scheme.reckon()
        void this.resumable.compare()
      },
    })
    this.handIn = new HandIn(this)
    this.fits = new FitsSlice(store, this.server)
  }

  /** A slice of a part of the page that comes later (`screens/later.tsx`): there is one, from when it is first asked for. */
  later<Slice extends object>(Kind: new (parts: LaterParts) => Slice): Slice {
    const { store, server, key, scheme, results, budget } = this
    const own = { workers: this.#workers, owner: this.#owner, withOffered: this.#withOffered }
    const made = this.#later.get(Kind) ?? new Kind({ store, server, key, scheme, results, budget, ...own })
    this.#later.set(Kind, made)
    return made as Slice
  }

  /** Asks the person first where the server has another version of the model by now. */
  readonly #withOffered = (go: () => void): void => {
    const { card } = this.state
    if (card && this.budget.offers(card)) go()
    else import('./offeredVersion.ts').then(({ OfferedVersion }) => this.later(OfferedVersion).before(go), go)
  }

  /** Takes the receipt of a run that was handed over. */
  async takeRun(file: File): Promise<void> {
    const { HandOvers } = await import('./handOvers.ts')
    await this.later(HandOvers).take(file)
  }

  get state(): SessionState {
    return this.store.getState()
  }

  /** What can be made ahead is made for the key that the next run takes, and for no other: a key of one run has nothing. */
  #prepareRun(): void {
    if (isBusy(this.state)) return
    if (this.scheme.takesLasting()) {
      void this.key.register()
      this.key.prepareRun()
    } else this.key.rest()
  }

  /** Whether the person has named the model. */
  sayModel(modelSaid: boolean): void {
    this.store.setState({ modelSaid })
    if (modelSaid) this.file.modelSaid()
  }

  /** A server that stores no runs may have stored some: those that this device knows of are listed. */
  async #listHandedOver(): Promise<void> {
    if (await handedBefore()) this.store.setState(({ handOvers }) => ({ handOvers: handOvers ?? noHandOvers }))
  }

  /** A run that is under way goes on with its model. */
  chooseModel(card: Card, list: ModelList): void {
    if (isBusy(this.state)) return
    const { limits, models } = list
    const served = models.find(({ id }) => id === card.id)?.schemes ?? []
    const same = this.state.card?.hash === card.hash
    this.store.setState({ card, limits, served })
    this.budget.told(list)
    if (!limits.runs) void this.#listHandedOver()
    // Where the file was scored with this model before, its scores are shown again.
    if (!same && !this.results.showOf(card)) this.file.matchModel()
  }

  /**
   * Every row of the file with its scores, of an earlier result or of what the page shows: as the file is written, with tabs
   * to be pasted into a spreadsheet, or as a workbook. Rows that were left out have the reason, in a language.
   */
  async scoresFile(result: Saveable | null, language: LanguageId, as?: SavedAs['as']): Promise<Blob> {
    const state = this.#stateOf(result)
    const { file, preview, scores, report, threshold } = state
    const plan = planOf(state)
    if (!file || !preview || !scores || !report || !plan) unforeseen('scores to save that are not there')
    const rows = scores.rows.length < report.scorable ? scores.rows : null
    const leftOut = rows === null && report.leftOut > 0
    const said = { policies: report.policies.length > 0, leftOut, threshold, language, rows }
    return this.#workers.reader.call((reader) =>
      reader.exportScores(file, plan, preview.header, scores.predictors, { ...said, ...(as && { as }) }),
    )
  }

  /** The scores alone, by row, as CSV: for a file that is no longer what was scored. */
  async scoresAlone(result: Saveable | null): Promise<Blob> {
    const state = this.#stateOf(result)
    const { scores, threshold } = state
    const plan = planOf(state)
    if (!scores || !plan) unforeseen('scores to save that are not there')
    return this.#workers.reader.call((reader) =>
      reader.exportScoresAlone(plan, scores.rows, scores.predictors, threshold),
    )
  }

  /** What the run under way has scored up to now, to be saved. */
  soFar(): Saveable {
    const { state } = this
    const scores = this.run.soFar()
    const { card } = state
    if (!card || !scores) unforeseen('scores to save that are not there')
    return { card, of: { ...ofFile(state), scores } }
  }

  #stateOf(result: Saveable | null): SessionState {
    return result ? { ...this.state, ...result.of, card: result.card } : this.state
  }

  /** The rows left out, with the reasons in a language, as CSV. */
  async leftOutFile(language: LanguageId): Promise<Blob> {
    const { file, preview } = this.state
    const plan = planOf(this.state)
    if (!file || !preview || !plan) unforeseen('rows of a file that is not there')
    return this.#workers.reader.call((reader) => reader.exportLeftOut(file, plan, preview.header, language))
  }

  /** Some rows' cells, read again from the file. */
  async cells(rows: readonly number[], columns: readonly number[], signal: AbortSignal): Promise<string[][]> {
    const { file, preview, report } = this.state
    if (!file || !preview || !report) unforeseen('rows of a file that is not there')
    const plan = { format: preview.format, width: preview.header.length }
    return this.#workers.reader.call((reader) => reader.someRows(file, plan, report.offsets, rows, columns), signal)
  }

  /** The places of the scored rows, ascending by a column of the file, their labels or their reasons. */
  async rowOrder(key: TextKey, signal: AbortSignal): Promise<Uint32Array> {
    const { file, scores } = this.state
    const plan = planOf(this.state)
    if (!file || !scores || !plan) unforeseen('scores that are not there')
    return this.#workers.reader.call((reader) => reader.rowOrder(file, plan, key, scores.predictors), signal)
  }

  /** The places of texts, sorted as the cells of a file are. */
  async textOrder(texts: readonly string[], signal: AbortSignal): Promise<Uint32Array> {
    return this.#workers.reader.call((reader) => reader.textOrder(texts, '.'), signal)
  }

  /** The places of the scored rows of which a cell holds a text. */
  async rowsWith(text: string, signal: AbortSignal): Promise<Uint32Array> {
    const { file } = this.state
    const plan = planOf(this.state)
    if (!file || !plan) unforeseen('rows of a file that is not there')
    return this.#workers.reader.call((reader) => reader.rowsWith(file, plan, text), signal)
  }

  /** The reason codes of some scored rows, the weightiest first. */
  async reasons(rows: readonly number[], signal: AbortSignal): Promise<string[][]> {
    const { file, report, scores } = this.state
    const plan = planOf(this.state)
    if (!file || !report || !scores || !plan) unforeseen('scores that are not there')
    const predictors = predictorsOf(scores, rows, plan.card.heads.length)
    return this.#workers.reader.call(
      (reader) => reader.someReasons(file, plan, report.offsets, rows, predictors),
      signal,
    )
  }

  /** The body of an exchange that is still held: the bytes that were handed to the network. */
  bodyOf(exchange: number): Uint8Array<ArrayBuffer> | null {
    return this.#traffic.body(exchange)
  }

  /** Has at hand what a receipt is made with, before its host may be out of reach. */
  expectReceipt(): void {
    void loadReceipt().catch(() => {})
  }

  /** Of the run whose scores are on show, or of the last one, what was sent, to keep: no cell, no score, no key. */
  async receipt(): Promise<RunReceipt> {
    const { state } = this
    if (state.fetched) return state.fetched
    const { receiptOf } = await loadReceipt()
    return receiptOf(state, this.server, this.#traffic)
  }
}
