import type { ModelList, OnExchange, ScoringServer } from '../../client/server.ts'
import type { Card } from '../../core/card/card.ts'
import { unforeseen } from '../../core/errors.ts'
import { throttle } from '../../platform/throttle.ts'
import type { LanguageId } from '../words/language.ts'
import { onIsolation } from '../workers/isolation.ts'
import { FileSlice } from './file.ts'
import { KeySlice } from './key.ts'
import { NumbersSlice } from './numbers.ts'
import { makeReceipt, type Receipt } from './receipt.ts'
import { ResultsSlice } from './results.ts'
import { ResumableRuns } from './resumableRuns.ts'
import { RunSlice } from './run.ts'
import { SchemeSlice } from './scheme.ts'
import { predictorsOf } from './scored.ts'
import { SealedSlice } from './sealed.ts'
import { isBusy, planOf, type Result, type SessionState } from './state.ts'
import { makeStore, type SessionStore } from './store.ts'
import { TrafficLog } from './traffic.ts'
import { Workers } from './workers.ts'

export type { RunState, SessionState } from './state.ts'

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
  readonly resumable: ResumableRuns
  readonly results: ResultsSlice
  readonly sealed: SealedSlice
  readonly numbers: NumbersSlice
  readonly #workers: Workers
  readonly #traffic = new TrafficLog()

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
    this.sealed = new SealedSlice(store, this.#workers, this.key, this.server)
    this.scheme = new SchemeSlice(store, this.#workers, this.server, { onReckoned: () => this.#prepareRun() })
    this.run = new RunSlice(store, this.#workers, {
      key: this.key,
      scheme: this.scheme,
      server: this.server,
      resumable: this.resumable,
      results: () => this.results,
    })
    this.file = new FileSlice(store, this.#workers, {
      onFile: () => {
        this.#workers.warm()
        if (this.scheme.takesLasting()) void this.key.register()
      },
      onChange: () => this.run.stop(),
      onChecked: () => {
        void this.scheme.reckon()
        void this.resumable.compare()
      },
    })
    this.results = new ResultsSlice(store, (state) => this.file.putBack(state))
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

  chooseModel(card: Card, { limits, models }: ModelList): void {
    const served = models.find(({ id }) => id === card.id)?.schemes ?? []
    const same = this.state.card?.hash === card.hash
    this.store.setState({ card, limits, served })
    // Where the file was scored with this model before, its scores are shown again.
    if (!same && !this.results.showOf(card)) this.file.matchModel()
  }

  /** The file's rows with their scores, of an earlier result or of what the page shows, as CSV, or with tabs to be pasted into a spreadsheet. */
  async scoresFile(result: Result | null, as?: { readonly delimiter: '\t' }): Promise<Blob> {
    const state = this.#stateOf(result)
    const { file, preview, scores, report } = state
    const plan = planOf(state)
    if (!file || !preview || !scores || !report || !plan) unforeseen('scores to save that are not there')
    const policies = report.policies.length > 0
    return this.#workers.reader.call((reader) =>
      reader.exportScores(file, plan, preview.header, scores.predictors, as, policies),
    )
  }

  /** The scores alone, by row, as CSV: for a file that is no longer what was scored. */
  async scoresAlone(result: Result | null): Promise<Blob> {
    const state = this.#stateOf(result)
    const { scores } = state
    const plan = planOf(state)
    if (!scores || !plan) unforeseen('scores to save that are not there')
    return this.#workers.reader.call((reader) => reader.exportScoresAlone(plan, scores.rows, scores.predictors))
  }

  #stateOf(result: Result | null): SessionState {
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

  /** What the last run sent, to keep: no cell, no score, no key. */
  async receipt(): Promise<Receipt> {
    return makeReceipt(this.state, this.server.url, await this.#traffic.receipt())
  }
}
