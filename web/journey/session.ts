import type { StoreApi } from 'zustand/vanilla'
import { BlindscoreError } from '../../core/errors.ts'
import { Desk } from './desk.ts'
import { Evidence } from './evidence.ts'
import { KeptRuns } from './keptRuns.ts'
import { Keyring } from './keyring.ts'
import { paced } from './paced.ts'
import { Preparation } from './preparation.ts'
import { makeReceipt, type Receipt } from './receipt.ts'
import { Runner } from './runner.ts'
import { predictorsOf } from './scored.ts'
import type { OnExchange, ScoringServer } from './server.ts'
import { planOf, type SessionState } from './state.ts'

export type { RunState, SessionState } from './state.ts'

/**
 * One person's way through the page: the state that screens show, and every action that they may call. What the
 * actions do is in `preparation.ts`, `keyring.ts` and `runner.ts`.
 */
export class Session {
  readonly store: StoreApi<SessionState>
  readonly server: ScoringServer
  readonly #desk = new Desk(() => this.#vaultLost())
  readonly #evidence = new Evidence()
  readonly #preparation: Preparation
  readonly #keyring: Keyring
  readonly #runner: Runner
  readonly #kept = new KeptRuns(this.#desk)

  constructor(server: (onExchange: OnExchange) => ScoringServer) {
    this.store = this.#desk.store
    const evidence = this.#evidence
    const tell = paced(() => this.#desk.set({ exchanges: evidence.seen, traffic: evidence.traffic }))
    this.server = server((exchange, body) => {
      evidence.note(exchange, body)
      tell()
    })
    this.#keyring = new Keyring(this.#desk, this.server)
    this.#preparation = new Preparation(this.#desk, this.#keyring, this.#kept)
    this.#runner = new Runner(this.#desk, this.#keyring, this.server, this.#kept)
  }

  get state(): SessionState {
    return this.#desk.state
  }

  // From a model and a file to rows that can be scored.
  readonly chooseModel: Preparation['chooseModel'] = (...args) => this.#preparation.chooseModel(...args)
  readonly openFile: Preparation['openFile'] = (...args) => this.#preparation.openFile(...args)
  readonly chooseSheet: Preparation['chooseSheet'] = (...args) => this.#preparation.chooseSheet(...args)
  readonly changeFormat: Preparation['changeFormat'] = (...args) => this.#preparation.changeFormat(...args)
  readonly confirmDecimalMark: Preparation['confirmDecimalMark'] = () => this.#preparation.confirmDecimalMark()
  readonly closeFile: Preparation['closeFile'] = () => this.#preparation.closeFile()
  readonly matchColumn: Preparation['matchColumn'] = (...args) => this.#preparation.matchColumn(...args)
  readonly takeSuggestions: Preparation['takeSuggestions'] = () => this.#preparation.takeSuggestions()
  readonly undoMatch: Preparation['undoMatch'] = () => this.#preparation.undoMatch()
  readonly repair: Preparation['repair'] = (...args) => this.#preparation.repair(...args)
  readonly undoRepair: Preparation['undoRepair'] = (...args) => this.#preparation.undoRepair(...args)
  readonly agree: Preparation['agree'] = (...args) => this.#preparation.agree(...args)

  // The key. A run that needs it waits while it is locked or gone.
  readonly recallKey: Keyring['recall'] = () => this.#keyring.recall()
  readonly lookAtKey: Keyring['lookAgain'] = () => this.#keyring.lookAgain()
  readonly makeKey = async (): Promise<void> => {
    await this.#keyring.makeKey()
    this.#runner.keyOpened()
  }
  readonly setKeySize: Keyring['setKeySize'] = (...args) => this.#keyring.setKeySize(...args)
  readonly protectKey: Keyring['protectKey'] = (...args) => this.#keyring.protectKey(...args)
  readonly lockKey = async (): Promise<void> => {
    await this.#keyring.lockKey()
    this.#runner.keyClosed()
  }
  readonly unlockKey: Keyring['unlockKey'] = async (...args) => {
    await this.#keyring.unlockKey(...args)
    this.#runner.keyOpened()
  }
  readonly backUpKey: Keyring['backUpKey'] = () => this.#keyring.backUpKey()
  readonly restoreKey: Keyring['restoreKey'] = async (...args) => {
    await this.#keyring.restoreKey(...args)
    this.#runner.keyOpened()
  }
  readonly rememberKey: Keyring['rememberKey'] = () => this.#keyring.rememberKey()
  readonly unrememberKey: Keyring['unrememberKey'] = () => this.#keyring.unrememberKey()
  readonly forgetKey: Keyring['forgetKey'] = () => this.#keyring.forgetKey()

  #vaultLost(): void {
    void this.#keyring.vaultLost().then(() => this.#runner.keyClosed())
  }

  // The run.
  readonly start: Runner['start'] = () => this.#runner.start()
  readonly resumeKept: Runner['resumeKept'] = () => this.#runner.resumeKept()
  readonly lookForKept: KeptRuns['look'] = () => this.#kept.look()
  readonly discardKept: KeptRuns['discard'] = () => this.#kept.discard()
  readonly pause: Runner['pause'] = () => this.#runner.pause()
  readonly resume: Runner['resume'] = () => this.#runner.resume()
  readonly cancel: Runner['cancel'] = () => this.#runner.cancel()

  /** The file's rows with their scores, as CSV, or with tabs to be pasted into a spreadsheet. */
  async scoresFile(as?: { readonly delimiter: '\t' }): Promise<Blob> {
    const { file, preview, scores } = this.state
    const plan = planOf(this.state)
    if (!file || !preview || !scores || !plan) throw new BlindscoreError('internal', 'There are no scores to save.')
    return this.#desk.crew.reader.call((reader) =>
      reader.exportScores(file, plan, preview.header, scores.predictors, as),
    )
  }

  /** The rows left out, with the reasons, as CSV. */
  async leftOutFile(): Promise<Blob> {
    const { file, preview } = this.state
    const plan = planOf(this.state)
    if (!file || !preview || !plan) throw new BlindscoreError('internal', 'There is no file.')
    return this.#desk.crew.reader.call((reader) => reader.exportLeftOut(file, plan, preview.header))
  }

  /** Some rows' cells, read again from the file. */
  async cells(rows: readonly number[], columns: readonly number[], signal: AbortSignal): Promise<string[][]> {
    const { file, preview, report } = this.state
    if (!file || !preview || !report) throw new BlindscoreError('internal', 'There is no file.')
    const plan = { format: preview.format, width: preview.header.length }
    return this.#desk.crew.reader.call((reader) => reader.someRows(file, plan, report.places, rows, columns), signal)
  }

  /** The reason codes of some scored rows, the weightiest first. */
  async reasons(rows: readonly number[], signal: AbortSignal): Promise<string[][]> {
    const { file, report, scores } = this.state
    const plan = planOf(this.state)
    if (!file || !report || !scores || !plan) throw new BlindscoreError('internal', 'There are no scores.')
    const predictors = predictorsOf(scores, rows, plan.card.heads.length)
    return this.#desk.crew.reader.call(
      (reader) => reader.someReasons(file, plan, report.places, rows, predictors),
      signal,
    )
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
