import type { Card } from '../../core/card/card.ts'
import { knownRecords } from '../../core/card/knownRecords.ts'
import type { Threshold } from '../../core/card/threshold.ts'
import { type Block, readBlocks } from '../../reader/blocks.ts'
import { type CheckProgress, type CheckReport, checkFile } from '../../reader/check.ts'
import { blobOf, exportLeftOut, exportScores, exportScoresAlone, type OutputFormat } from '../../reader/exportCsv.ts'
import { exportOpened, type OpenedScores } from '../../reader/exportOpened.ts'
import { type Sheets, workbookBytes, workbookType } from '../../reader/exportWorkbook.ts'
import type { RowOffset } from '../../reader/fileRows.ts'
import type { FileFormat } from '../../reader/format.ts'
import { inspect } from '../../reader/inspect.ts'
import { KeptRecords } from '../../reader/keptRecords.ts'
import type { Plan } from '../../reader/plan.ts'
import { rowOrder, rowsWith, textOrder } from '../../reader/rowOrder.ts'
import { type ScoredExtras, scoredTable } from '../../reader/scoredTable.ts'
import { someReasons, someRows } from '../../reader/someRows.ts'
import { suggestColumns } from '../../reader/suggestColumns.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { transfer } from '../../rpc/transfer.ts'
import type { LanguageId } from '../words/language.ts'
import { leftOutReasons } from '../words/leftOut.ts'

async function* one(opened: OpenedScores): AsyncGenerator<OpenedScores> {
  yield opened
}

/** What a pass over a file is for: a run and a sealed file may be under way at the same time. */
export type PassName = 'run' | 'seal' | 'hand over'
const passes = new Map<PassName, AsyncGenerator<Block>>()
/** What the last check kept for a run over the same file, read in the same way. */
let kept: { readonly name: string; readonly records: KeptRecords } | null = null

async function check(
  file: Blob,
  plan: Plan,
  header: readonly string[],
  onProgress: (progress: CheckProgress) => void,
): Promise<CheckReport> {
  kept = null
  const records = new KeptRecords(plan.card)
  const report = await checkFile(file, plan, header, onProgress, records)
  kept = { name: crypto.randomUUID(), records }
  return { ...report, kept: kept.name }
}

/** What a pass over a file may take along, or leave out. */
export interface PassOptions {
  /** A run unless it says otherwise. */
  readonly pass?: PassName
  /** Names what the check of the file kept. */
  readonly checked?: string | undefined
  /** Columns of the file whose cells go along. */
  readonly columns?: readonly number[]
}

/** How scores are saved, and what is said beside them. */
export interface SavedAs extends Pick<ScoredExtras, 'policies' | 'threshold' | 'rows'> {
  /** Whether rows were left out, so that there is a column that says why. */
  readonly leftOut: boolean
  /** The language of those reasons. */
  readonly language: LanguageId
  /** Text that is delimited otherwise than the file, or a workbook; as the file, where this is absent. */
  readonly as?: OutputFormat | Sheets
}

function extrasOf({ leftOut, ...said }: Omit<SavedAs, 'language' | 'as'>, language: LanguageId): ScoredExtras {
  return { ...said, ...(leftOut && { leftOut: leftOutReasons[language] }) }
}

const api = {
  inspect: (file: Blob, chosen: Partial<FileFormat>, isSheet: boolean) => inspect(file, chosen, isSheet),
  check,
  suggestColumns: (...args: Parameters<typeof suggestColumns>) => suggestColumns(...args),
  /**
   * Begins a pass over the scorable records, from one of them on, with the cells of some columns; one for the same is dropped.
   * `checked` names what the check of the file kept, which is not read again, unless another one came in between.
   */
  begin: (file: Blob, plan: Plan, capacity: number, from: number, options: PassOptions = {}) => {
    const { pass = 'run', checked, columns = [] } = options
    const records = kept?.name === checked ? kept?.records : null
    passes.set(pass, readBlocks(file, plan, capacity, from, { kept: records, columns }))
  },
  /** The next blocks of a pass, or null at its end. Whoever asks sets the pace. */
  next: async (pass: PassName) => {
    const { value } = (await passes.get(pass)?.next()) ?? {}
    return value ? transfer(value, [value.integers.buffer, value.rows.buffer]) : null
  },
  knownRecords: (card: Card) => knownRecords(card),
  someRows: (
    file: Blob,
    plan: Pick<Plan, 'format' | 'width'>,
    places: readonly RowOffset[],
    rows: readonly number[],
    columns: readonly number[],
  ) => someRows(file, plan, places, rows, columns),
  someReasons: (
    file: Blob,
    plan: Plan,
    places: readonly RowOffset[],
    rows: readonly number[],
    predictors: Float64Array,
  ) => someReasons(file, plan, places, rows, predictors),
  rowOrder: (...args: Parameters<typeof rowOrder>) => rowOrder(...args),
  rowsWith: (...args: Parameters<typeof rowsWith>) => rowsWith(...args),
  textOrder: (...args: Parameters<typeof textOrder>) => textOrder(...args),
  exportOpened: (card: Card, columns: readonly string[], opened: OpenedScores, threshold: Threshold | null) =>
    blobOf(exportOpened(card, columns, one(opened), threshold)),
  exportScoresAlone: (...args: Parameters<typeof exportScoresAlone>) => blobOf(exportScoresAlone(...args)),
  exportScores: (
    file: Blob,
    plan: Plan,
    header: readonly string[],
    predictors: Float64Array,
    { language, as, ...said }: SavedAs,
  ) => {
    const extras = extrasOf(said, language)
    if (!as || !('names' in as)) return blobOf(exportScores(file, plan, header, predictors, extras, as))
    const table = scoredTable(file, plan, header, predictors, extras)
    return blobOf(workbookBytes(table, plan, as), workbookType)
  },
  exportLeftOut: (file: Blob, plan: Plan, header: readonly string[], language: LanguageId) =>
    blobOf(exportLeftOut(file, plan, header, leftOutReasons[language])),
}

export type ReaderApi = typeof api
serveIsolated(api)
