import { proxy } from 'comlink'
import type { Card } from '../../core/card.ts'
import { asBlindscoreError, BlindscoreError } from '../../core/errors.ts'
import type { CheckProgress } from '../workers/inside/check.ts'
import type { FileFormat } from '../workers/inside/format.ts'
import type { Repair } from '../workers/inside/repairs.ts'
import type { Desk } from './desk.ts'
import { takeIn } from './intake.ts'
import type { KeptRuns } from './keptRuns.ts'
import type { Keyring } from './keyring.ts'
import { type Match, matchColumns, rematch, unusedColumns } from './matching.ts'
import type { ModelList } from './server.ts'
import { noFile, planOf, type SessionState, unchecked } from './state.ts'

/** How `workers/inside/plainCsv.ts` writes. */
const writtenHere = { encoding: 'utf-8', delimiter: ',', decimalMark: '.' } as const satisfies FileFormat

/** From a model and a dropped file to rows that are known to be scorable: reading, matching, repairing, checking. */
export class Preparation {
  readonly #desk: Desk
  readonly #keyring: Keyring
  readonly #kept: KeptRuns

  constructor(desk: Desk, keyring: Keyring, kept: KeptRuns) {
    this.#desk = desk
    this.#keyring = keyring
    this.#kept = kept
  }

  chooseModel(card: Card, limits: ModelList['limits']): void {
    const { preview, file, source, table, origin, confirmDecimal } = this.#desk.state
    this.#desk.restart()
    const matches = preview ? matchColumns(card, preview.header) : []
    this.#desk.set({ ...noFile, file, source, table, origin, preview, confirmDecimal, card, limits, matches })
    // A file that was still being read, or could not be, is read anew: what was under way has just been stopped.
    if (source && !preview) void this.openFile(source, origin)
    else void this.#check()
    void this.#suggestColumns()
  }

  async openFile(source: File, origin: SessionState['origin'] = 'own', sheet: number | null = null): Promise<void> {
    const signal = this.#desk.restart()
    this.#desk.set({ ...noFile, file: source, source, origin, reading: true })
    void this.#keyring.introduce()
    try {
      const { file, table } = await takeIn(source, sheet, signal)
      this.#desk.set({ file, table })
    } catch (thrown) {
      if (signal.aborted) return
      this.#desk.set({ reading: false, fileProblem: asBlindscoreError(thrown) })
      return
    }
    if (!signal.aborted) await this.#inspect({})
  }

  /** Reads another sheet of the workbook. */
  async chooseSheet(sheet: number): Promise<void> {
    const { source, origin } = this.#desk.state
    if (source) await this.openFile(source, origin, sheet)
  }

  /** Reads the file anew, with what the person says of its format. */
  async changeFormat(chosen: Partial<FileFormat>): Promise<void> {
    const { preview, confirmDecimal } = this.#desk.state
    // A decimal mark that waits for the person's word is found anew, not taken as given.
    const { decimalMark, ...rest } = preview?.format ?? {}
    await this.#inspect({ ...rest, ...(decimalMark && !confirmDecimal && { decimalMark }), ...chosen })
  }

  confirmDecimalMark(): void {
    this.#desk.set({ confirmDecimal: false })
    void this.#check()
  }

  closeFile(): void {
    this.#desk.restart()
    this.#desk.set({ ...noFile })
  }

  async #inspect(chosen: Partial<FileFormat>): Promise<void> {
    const { file, source, table, origin, card } = this.#desk.state
    if (!file) return
    const signal = this.#desk.restart()
    this.#desk.set({ ...noFile, file, source, table, origin, reading: true })
    try {
      // What was read from a workbook or Parquet file is written here, in one known way: nothing of it is to be found.
      const stated = table ? ({ ...writtenHere, ...chosen } as const) : chosen
      const preview = await this.#desk.crew.reader.call((reader) => reader.inspect(file, stated), signal)
      const matches = card ? matchColumns(card, preview.header) : []
      const confirmDecimal = preview.format.decimalMark === ',' && stated.decimalMark === undefined
      this.#desk.set({ preview, matches, confirmDecimal, reading: false })
    } catch (thrown) {
      if (signal.aborted) return
      this.#desk.set({ reading: false, fileProblem: asBlindscoreError(thrown) })
      return
    }
    void this.#suggestColumns()
    await this.#check()
  }

  /** Looks for columns that may be what the features without one need. */
  async #suggestColumns(): Promise<void> {
    const { card, preview, matches } = this.#desk.state
    const open = matches.flatMap(({ feature, column }) => (column === null ? [feature] : []))
    if (!card || !preview || open.length === 0) return
    const free = unusedColumns(preview.header, matches)
    const found = await this.#desk.crew.reader
      .call((reader) => reader.suggestColumns(card, preview, open, free))
      .catch(() => [])
    if (this.#desk.state.preview === preview && this.#desk.state.card === card)
      this.#desk.set({ columnSuggestions: found })
  }

  /** Feeds a feature from a column, or from none. A column that another feature had is taken from it. */
  matchColumn(feature: number, column: number | null): void {
    this.#rematch(rematch(this.#desk.state.matches, feature, column))
  }

  /** Takes every suggested column whose feature still has none. */
  takeSuggestions(): void {
    const { matches, columnSuggestions } = this.#desk.state
    const next = columnSuggestions.reduce((all: readonly Match[], { feature, column }) => {
      const free = !all.some((match) => match.column === column) && all[feature]?.column === null
      return free ? rematch(all, feature, column) : all
    }, matches)
    this.#rematch(next)
  }

  /** Takes back the last change of the matches. */
  undoMatch(): void {
    const { matchesBefore } = this.#desk.state
    const last = matchesBefore.at(-1)
    if (last) this.#rematch(last, matchesBefore.slice(0, -1))
  }

  #rematch(
    matches: readonly Match[],
    matchesBefore = [...this.#desk.state.matchesBefore, this.#desk.state.matches],
  ): void {
    this.#desk.restart()
    const moved = (feature: number) => matches[feature]?.column !== this.#desk.state.matches[feature]?.column
    const repairs = this.#desk.state.repairs.filter(({ feature }) => !moved(feature))
    this.#desk.set({ ...unchecked, matches, matchesBefore, repairs, checking: null })
    void this.#check()
  }

  /** Reads some cells otherwise from now on; ways of one feature's numbers are joined into one reading. */
  repair(repair: Repair): void {
    this.#repair([...this.#desk.state.repairs, repair])
  }

  /** Takes a repair back. */
  undoRepair(at: number): void {
    this.#repair(this.#desk.state.repairs.filter((_, i) => i !== at))
  }

  #repair(repairs: readonly Repair[]): void {
    this.#desk.set({ repairs })
    void this.#check()
  }

  async #check(): Promise<void> {
    const { file, preview, card } = this.#desk.state
    const plan = planOf(this.#desk.state)
    if (!file || !preview || !plan || !card) return
    const signal = this.#desk.restart()
    const crew = this.#desk.crew
    this.#desk.set({ ...unchecked, checking: { rows: 0, bytesRead: 0 } })
    try {
      const report = await crew.reader.call(
        (reader) =>
          reader.check(
            file,
            plan,
            preview.header,
            proxy((checking: CheckProgress) => {
              if (!signal.aborted) this.#desk.set({ checking })
            }),
          ),
        signal,
      )
      if (report.rows === 0) throw new BlindscoreError('file/empty', 'The file has a header but no rows.')
      this.#desk.set({ checking: null, report })
      this.#keyring.prepare()
      void this.#kept.compare()
    } catch (thrown) {
      if (signal.aborted) return
      this.#desk.set({ checking: null, fileProblem: asBlindscoreError(thrown) })
    }
  }

  agree(agreed: boolean): void {
    this.#desk.set({ agreed })
  }
}
