import type { Threshold } from '../core/card/threshold.ts'
import type { CheckReport } from '../reader/check.ts'
import { exportScores } from '../reader/exportCsv.ts'
import { workbookBytes } from '../reader/exportWorkbook.ts'
import type { Plan } from '../reader/plan.ts'
import { type ScoredExtras, scoredTable } from '../reader/scoredTable.ts'
import type { FileSource } from '../reader/source.ts'
import { leftOutReason } from '../words/en/expected.ts'
import { scoreSheets } from '../words/en/scoresFile.ts'

/** What is written of a file: as it was read, and what was found in it. */
export interface ToWrite {
  readonly file: FileSource
  readonly plan: Plan
  readonly report: CheckReport
  readonly threshold: Threshold | null
}

/** Every row of the file with its scores, as text or as the bytes of a workbook: by the page's writers. */
export function scoresFile(
  { file, plan, report, threshold }: ToWrite,
  predictors: Float64Array,
  workbook: boolean,
): AsyncGenerator<string | Uint8Array> {
  const { header = [], card } = plan
  const { policies, leftOut } = report
  const extras: ScoredExtras = {
    policies: policies.length > 0,
    threshold,
    ...(leftOut > 0 && { leftOut: leftOutReason }),
  }
  if (!workbook) return exportScores(file, plan, header, predictors, extras)
  const table = scoredTable(file, plan, header, predictors, extras)
  return workbookBytes(table, plan, scoreSheets({ card, file: '', report, threshold }))
}
