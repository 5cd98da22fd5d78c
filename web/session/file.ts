import type { Card } from '../../core/card/card.ts'
import { asBlindscoreError } from '../../core/errors.ts'
import type { CheckProgress } from '../../reader/check.ts'
import type { FileFormat } from '../../reader/format.ts'
import { keepChosen, type Match, matchColumns, rematch, unusedColumns } from '../../reader/matching.ts'
import { writtenFormat, writtenTable } from '../../reader/plainCsv.ts'
import type { Repair } from '../../reader/repairs.ts'
import { errorOf } from './faults.ts'
import { type SheetChoice, takeIn } from './intake.ts'
import { KeptHere } from './keptHere.ts'
import { hasKeptColumns, hasKeptValues } from './keptPlace.ts'
import type { ValueRepair } from './keptValues.ts'
import { planOf } from './questions.ts'
import { ofFile } from './results.ts'
import { noFile, type SessionState, unchecked } from './state.ts'
import { Latest, type SessionStore } from './store.ts'
import type { Workers } from './workers.ts'

const fullestSheet: SheetChoice = { sheet: null, hiddenRows: false }

/** What else hears of the file. */
export interface FileListeners {
  /** A file was handed in. */
  readonly onFile: () => void
  /** What the run depends on is about to change. */
  readonly onChange: () => void
  /** The file's rows are known to be scorable, or not. */
  readonly onChecked: () => void
}

/** From a dropped file to rows that are known to be scorable: reading, matching, repairing, checking. */
export class FileSlice {
  readonly #store: SessionStore
  readonly #workers: Workers
  readonly #listeners: FileListeners
  /** Reading a file: begun anew by another file or another format of it, and by nothing else. */
  readonly #reading = new Latest()
  /** Checking its cells for the present model, columns and repairs. */
  readonly #checking = new Latest()
  /** What the person said of values in this tab, by the hash of the card that it was said of: for the next file as well. */
  readonly #kept = new Map<string, readonly Repair[]>()
  readonly #keptHere = new KeptHere()

  constructor(store: SessionStore, workers: Workers, listeners: FileListeners) {
    this.#store = store
    this.#workers = workers
    this.#listeners = listeners
  }

  get #state(): SessionState {
    return this.#store.getState()
  }

  /** Another model was chosen: columns are matched anew, and what is read of the file stays. */
  matchModel(): void {
    const { card, preview } = this.#state
    this.#change({
      ...unchecked,
      matches: card && preview ? matchColumns(card, preview.header) : [],
      matchesBefore: [],
      columnSuggestions: [],
      repairs: this.#keptOf(card),
      keptRepairs: this.#keptOf(card),
    })
    void this.#matched()
  }

  /** Somebody has said which model is meant, and it may be the one that is there: nothing was checked until then. */
  modelSaid(): void {
    const { report, checking } = this.#state
    if (!report && !checking) void this.#check()
  }

  /** Columns that were found by their names: those that were chosen for earlier files come in, then the cells are checked. */
  async #matched(): Promise<void> {
    const { card, preview, matches } = this.#state
    if (card && preview && hasKeptColumns()) {
      const kept = await this.#keptHere.columns.get()
      // The person, another file or another model came in between.
      if (this.#state.matches !== matches) return
      if (kept) this.#store.setState({ matches: kept.recalled(card, preview.header, matches) })
    }
    if (card && preview && hasKeptValues()) {
      const kept = await this.#keptHere.values.get()
      if (this.#state.card !== card || this.#state.preview !== preview) return
      if (kept) this.#recall(kept.recalledValues(card))
    }
    void this.#suggestColumns()
    await this.#check()
  }

  /** What was said of words for earlier files holds for this one too, but for words of which something was said in this tab. */
  #recall(values: readonly ValueRepair[]): void {
    const { repairs, keptRepairs } = this.#state
    const isSaid = ({ feature, pairs }: ValueRepair) =>
      repairs.some(
        (each) =>
          each.feature === feature && each.kind === 'levels' && each.pairs.some(([word]) => word === pairs[0]?.[0]),
      )
    const more = values.filter((each) => !isSaid(each))
    if (more.length > 0)
      this.#store.setState({ repairs: [...more, ...repairs], keptRepairs: [...more, ...keptRepairs] })
  }

  /** Remembers on this device which columns were chosen, and no longer which were given up. */
  #remember(): void {
    const { card, preview, matches } = this.#state
    if (!card || !preview || !(hasKeptColumns() || matches.some(({ how }) => how === 'chosen' || how === 'kept')))
      return
    // A first line that may be a record has cells for names, and a file without header has none.
    const isSure = planOf(this.#state) !== null && preview.format.header !== 0
    this.#keptHere.columns.use((kept) => kept.remember(card, preview.header, matches, isSure))
  }

  /** Columns are no longer those of earlier files: the names of this one say which they are. */
  forgetColumns(): void {
    const { card, preview, matches } = this.#state
    if (!card || !preview) return
    const named = matchColumns(card, preview.header)
    const used = new Set(matches.flatMap(({ how, column }) => (how === 'kept' ? [] : [column])))
    const next = matches.map((match): Match => {
      const found = named[match.feature]
      if (match.how !== 'kept' || !found) return match
      return used.has(found.column) ? { ...found, column: null, how: 'taken' } : found
    })
    this.#rematch(next)
  }

  async open(source: File, origin: SessionState['origin'] = 'own', choice: SheetChoice = fullestSheet): Promise<void> {
    if (await this.#take(source, origin, choice)) await this.#inspect({})
  }

  /**
   * Reads a file that is handed in, unless it is found to be something else: of a workbook or an archive that shows only once it
   * is text. Then the page stands as it stood before. Resolves to whether the file is read.
   */
  async openUnless(isOther: (text: File) => Promise<boolean>, source: File): Promise<boolean> {
    const before = ofFile(this.#state)
    const text = await this.#take(source, 'own', fullestSheet)
    if (text === null) return true
    const other = await isOther(text)
    // Another file was handed in meanwhile.
    if (this.#state.source !== source) return true
    if (!other) await this.#inspect({})
    else {
      this.#change(before.reading ? noFile : before)
      if (before.checking) void this.#check()
    }
    return !other
  }

  /** Takes a file in as text. Null where that failed, which is said, or where another came in between. */
  async #take(source: File, origin: SessionState['origin'], choice: SheetChoice): Promise<File | null> {
    const signal = this.#reading.begin()
    this.#change({ ...noFile, file: source, source, origin, reading: true })
    this.#listeners.onFile()
    try {
      const { file, table } = await takeIn(source, choice, signal)
      if (signal.aborted) return null
      this.#store.setState({ file, table })
      return file
    } catch (thrown) {
      if (!signal.aborted) this.#store.setState({ reading: false, fileProblem: asBlindscoreError(thrown) })
      return null
    }
  }

  /** Reads another sheet of the workbook, or this one with the rows that it hides. */
  async chooseSheet(sheet: number, hiddenRows = false): Promise<void> {
    const { source, origin } = this.#state
    if (source) await this.open(source, origin, { sheet, hiddenRows })
  }

  /** Reads the file anew, with what the person says of its format. */
  async changeFormat(chosen: Partial<FileFormat>): Promise<void> {
    if (chosen.encoding !== undefined) this.#store.setState({ encodingSaid: true })
    await this.#inspect({ ...this.#formatFor(chosen), ...chosen })
  }

  /** What is known of the file's format, for it to be read with something else that the person says of it. */
  #formatFor(chosen: Partial<FileFormat>): Partial<FileFormat> {
    const { preview, confirmDecimal, headerSaid } = this.#state
    // A decimal mark that waits for the person's word is found anew, not taken as given.
    const { decimalMark, header, rowNames = false, ...rest } = preview?.format ?? {}
    // So is a header that nobody has spoken of: with another delimiter it may stand elsewhere.
    const cutAnew = chosen.delimiter !== undefined || chosen.header !== undefined
    const said = headerSaid ? { ...(header !== undefined && { header }), ...(!cutAnew && { rowNames }) } : {}
    return { ...rest, ...said, ...(decimalMark && !confirmDecimal && { decimalMark }) }
  }

  /** The letters are right as they are read. */
  confirmEncoding(): void {
    this.#store.setState({ encodingSaid: true })
    void this.#check()
  }

  /** The first line is the header after all. */
  confirmHeader(): void {
    this.#store.setState({ headerSaid: true })
    this.#remember()
    void this.#check()
  }

  /** Rows that look like sums or means of others are records. */
  scoreTotals(): void {
    this.#store.setState({ totals: true })
    void this.#check()
  }

  /** Rows below another header are records of this table. */
  scoreTables(): void {
    this.#store.setState({ tables: true })
    void this.#check()
  }

  confirmDecimalMark(): void {
    this.#store.setState({ confirmDecimal: false })
    void this.#check()
  }

  /** The file, its check and its scores as they were, under the card that they are of. */
  putBack(state: Partial<SessionState>): void {
    this.#reading.stop()
    this.#change(state)
  }

  close(): void {
    this.#reading.stop()
    this.#change({ ...noFile })
  }

  async #inspect(chosen: Partial<FileFormat>): Promise<void> {
    const { file, source, table, origin, matches: before, headerSaid: saidBefore, guess, encodingSaid } = this.#state
    if (!file) return
    const headerSaid =
      chosen.header !== undefined || chosen.rowNames !== undefined || (saidBefore && chosen.delimiter !== undefined)
    const signal = this.#reading.begin()
    this.#change({ ...noFile, file, source, table, origin, headerSaid, guess, encodingSaid, reading: true })
    try {
      // What was read from a workbook or Parquet file is written here, in one known way: nothing of it is to be found.
      const isSheet = (table?.sheets.length ?? 0) > 0
      const stated = table ? ({ ...(isSheet ? writtenFormat : writtenTable), ...chosen } as const) : chosen
      const preview = await this.#workers.reader.call((reader) => reader.inspect(file, stated, isSheet), signal)
      // The model of now: it may have been chosen while the file was being read.
      const { card } = this.#state
      const matches = card ? keepChosen(matchColumns(card, preview.header), before, preview.header.length) : []
      const confirmDecimal = preview.format.decimalMark === ',' && stated.decimalMark === undefined
      const repairs = this.#keptOf(card)
      this.#store.setState({ preview, matches, repairs, keptRepairs: repairs, confirmDecimal, reading: false })
    } catch (thrown) {
      if (signal.aborted || (await this.#guessed(thrown, signal, chosen))) return
      this.#store.setState({ reading: false, fileProblem: asBlindscoreError(thrown) })
      return
    }
    await this.#matched()
  }

  /**
   * Reads a file that turned out not to be UTF-8 in the encoding that its letters say, unless the person named one. Resolves to whether
   * it is read so, or to true where another file came in between.
   */
  async #guessed(thrown: unknown, signal: AbortSignal, chosen: Partial<FileFormat>): Promise<boolean> {
    const { file, table, guess: earlier, encodingSaid } = this.#state
    if (asBlindscoreError(thrown).code !== 'file/encoding' || !file || table || earlier || encodingSaid) return false
    const guess = await import('../reader/guessedEncoding.ts')
      .then(({ guessedEncoding }) => guessedEncoding(file, signal))
      .catch(() => null)
    if (signal.aborted) return true
    const [likeliest] = guess?.readings ?? []
    if (!likeliest) return false
    this.#store.setState({ guess })
    await this.#inspect({ ...chosen, encoding: likeliest.encoding })
    return true
  }

  /** Looks for columns that may be what the features without one need. */
  async #suggestColumns(): Promise<void> {
    const { card, preview, matches } = this.#state
    const open = matches.flatMap(({ feature, column }) => (column === null ? [feature] : []))
    if (!card || !preview || open.length === 0) return
    const free = unusedColumns(preview.header, matches)
    const found = await this.#workers.reader
      .call((reader) => reader.suggestColumns(card, preview, open, free))
      .catch(() => [])
    if (this.#state.preview === preview && this.#state.card === card) this.#store.setState({ columnSuggestions: found })
  }

  /** Feeds a feature from a column, or from none. A column that another feature had is taken from it. */
  matchColumn(feature: number, column: number | null): void {
    this.#rematch(rematch(this.#state.matches, feature, column))
  }

  /** Takes every suggested column whose feature still has none. */
  takeSuggestions(): void {
    const { matches, columnSuggestions } = this.#state
    const next = columnSuggestions.reduce((all: readonly Match[], { feature, column }) => {
      const free = !all.some((match) => match.column === column) && all[feature]?.column === null
      return free ? rematch(all, feature, column) : all
    }, matches)
    this.#rematch(next)
  }

  /** Takes back the last change of the matches. */
  undoMatch(): void {
    const { matchesBefore } = this.#state
    const last = matchesBefore.at(-1)
    if (last) this.#rematch(last, matchesBefore.slice(0, -1))
  }

  #rematch(matches: readonly Match[], matchesBefore = [...this.#state.matchesBefore, this.#state.matches]): void {
    const { matches: before, repairs } = this.#state
    const moved = (feature: number) => matches[feature]?.column !== before[feature]?.column
    this.#change({
      ...unchecked,
      matches,
      matchesBefore,
      repairs: repairs.filter(({ feature }) => !moved(feature)),
    })
    this.#remember()
    void this.#check()
  }

  /** Reads some cells otherwise from now on. */
  repair(repair: Repair): void {
    this.#repair([...this.#state.repairs, repair])
  }

  /**
   * Reads every cell of a feature that says this as something else, in this file and in the next ones: this device remembers what a
   * word means, and this tab what empty cells do.
   */
  readEvery(feature: number, text: string, as: string): void {
    const repair: ValueRepair = { feature, kind: 'levels', pairs: [[text, as]] }
    const { card } = this.#state
    if (card) {
      this.#kept.set(card.hash, [...this.#keptOf(card), repair])
      if (text !== '') this.#keptHere.values.use((kept) => kept.rememberValue(card, repair))
    }
    this.repair(repair)
  }

  /** Takes back what was said of values for earlier files, and remembers it no longer. */
  forgetValues(): void {
    const { repairs, keptRepairs } = this.#state
    this.#forget(keptRepairs)
    this.#repair(repairs.filter((each) => !keptRepairs.includes(each)))
  }

  #forget(repairs: readonly Repair[]): void {
    const { card } = this.#state
    if (!card) return
    this.#kept.set(
      card.hash,
      this.#keptOf(card).filter((each) => !repairs.includes(each)),
    )
    const said = repairs.flatMap((each) => (each.kind === 'levels' ? [each] : []))
    if (said.length === 0 || !hasKeptValues()) return
    this.#keptHere.values.use((kept) => kept.forgetValues(card, said))
  }

  /** One value for every record, of a feature that the file has no column for; missing, where it is empty. */
  giveValue(feature: number, text: string): void {
    const others = this.#state.repairs.filter((repair) => repair.kind !== 'value' || repair.feature !== feature)
    this.#repair([...others, { feature, kind: 'value', text }])
  }

  /** What was said of a model's values before in this tab. */
  #keptOf(card: Card | null): readonly Repair[] {
    return (card && this.#kept.get(card.hash)) ?? []
  }

  /** Takes a repair back. */
  undoRepair(at: number): void {
    const { repairs } = this.#state
    const back = repairs[at]
    if (back) this.#forget([back])
    this.#repair(repairs.filter((each) => each !== back))
  }

  #repair(repairs: readonly Repair[]): void {
    this.#store.setState({ repairs })
    // A value that was all there was of a column is gone: nothing that was found still holds.
    if (!planOf(this.#state)) this.#change({ ...unchecked })
    void this.#check()
  }

  agree(agreed: boolean): void {
    this.#store.setState({ agreed })
  }

  /** Changes what the check and the run depend on: whatever of them is under way stops. */
  #change(change: Partial<SessionState>): void {
    this.#checking.stop()
    this.#listeners.onChange()
    this.#store.setState({ checking: null, ...change })
  }

  async #check(): Promise<void> {
    const { file, preview } = this.#state
    const plan = planOf(this.#state)
    if (!file || !preview || !plan) return
    this.#change({ ...unchecked, checking: { rows: 0, bytesRead: 0 } })
    const signal = this.#checking.begin()
    try {
      const report = await this.#workers.reader.call(
        (reader, listen) =>
          reader.check(
            file,
            plan,
            preview.header,
            listen((checking: CheckProgress) => this.#store.setState({ checking })),
          ),
        signal,
      )
      if (report.rows === 0) throw errorOf('file/empty', 'onlyAHeader')
      this.#store.setState({ checking: null, report })
      this.#listeners.onChecked()
    } catch (thrown) {
      if (signal.aborted || (await this.#guessed(thrown, signal, this.#formatFor({})))) return
      this.#store.setState({ checking: null, fileProblem: asBlindscoreError(thrown) })
    }
  }
}
