import type { Card } from '../../core/card/card.ts'
import { type Block, readBlocks } from '../../reader/blocks.ts'
import { type CheckProgress, type CheckReport, checkFile } from '../../reader/check.ts'
import { blobOf, exportLeftOut, exportScores, exportScoresAlone } from '../../reader/exportCsv.ts'
import { exportOpened, type OpenedScores } from '../../reader/exportOpened.ts'
import type { RowOffset } from '../../reader/fileRows.ts'
import type { FileFormat } from '../../reader/format.ts'
import { inspect } from '../../reader/inspect.ts'
import { KeptRecords } from '../../reader/keptRecords.ts'
import type { Plan } from '../../reader/plan.ts'
import { someReasons, someRows } from '../../reader/someRows.ts'
import { suggestColumns } from '../../reader/suggestColumns.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { transfer } from '../../rpc/transfer.ts'
import type { LanguageId } from '../words/language.ts'
import { leftOutReasons } from '../words/leftOut.ts'

async function* one(opened: OpenedScores): AsyncGenerator<OpenedScores> {
  yield opened
}

let blocks: AsyncGenerator<Block> | null = null
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
  /** Names what the check of the file kept. */
  readonly checked?: string | undefined
  /** Columns of the file whose cells go along. */
  readonly columns?: readonly number[]
}

const api = {
  inspect: (file: Blob, chosen: Partial<FileFormat>, isSheet: boolean) => inspect(file, chosen, isSheet),
  check,
  suggestColumns: (...args: Parameters<typeof suggestColumns>) => suggestColumns(...args),
  /**
   * Begins a pass over the scorable records, from one of them on, with the cells of some columns; a pass under way is dropped.
   * `checked` names what the check of the file kept, which is not read again, unless another one came in between.
   */
  begin: (file: Blob, plan: Plan, capacity: number, from: number, { checked, columns = [] }: PassOptions = {}) => {
    blocks = readBlocks(file, plan, capacity, from, { kept: kept?.name === checked ? kept?.records : null, columns })
  },
  /** The next blocks of the pass, or null at its end. Whoever asks sets the pace. */
  next: async () => {
    const { value } = (await blocks?.next()) ?? {}
    return value ? transfer(value, [value.integers.buffer, value.rows.buffer]) : null
  },
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
  exportOpened: (card: Card, columns: readonly string[], opened: OpenedScores) =>
    blobOf(exportOpened(card, columns, one(opened))),
  exportScoresAlone: (...args: Parameters<typeof exportScoresAlone>) => blobOf(exportScoresAlone(...args)),
  exportScores: (...args: Parameters<typeof exportScores>) => blobOf(exportScores(...args)),
  exportLeftOut: (file: Blob, plan: Plan, header: readonly string[], language: LanguageId) =>
    blobOf(exportLeftOut(file, plan, header, leftOutReasons[language])),
}

export type ReaderApi = typeof api
serveIsolated(api)
