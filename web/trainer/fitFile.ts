import { sha256 } from '../../platform/digest.ts'
import { checkFile } from '../../reader/check.ts'
import { fail } from '../../reader/faults.ts'
import { planOf } from '../../reader/plan.ts'
import { wholeColumns } from '../../reader/wholeColumns.ts'
import type { Summary } from '../../stats/summary.ts'
import { designOf, designRows } from '../../study/design.ts'
import { expectedAndTold, fitHere, modelOf } from '../../study/fitted.ts'
import { parseStudy, type StudyFile } from '../../study/studyFile.ts'
import { type Figures, figuresOf } from '../../validation/compare.ts'
import type { LookedAt } from '../../validation/readPairs.ts'

export interface FittedHere {
  readonly summary: Summary
  /** What the fit expects of the records that it is fitted to, beside what came to pass. */
  readonly figures: Figures
  /** The model's file. */
  readonly model: string
  readonly leftOut: number
}

/** Fits a study to a file. Throws `study/…`, and what a check of the file throws. */
export async function fitFile({ file, preview, table, said }: LookedAt, clicked: StudyFile): Promise<FittedHere> {
  const study = parseStudy(JSON.stringify(clicked))
  const design = await designOf(study, 'both', sha256)
  const { card } = design
  const columns = card.features.map(({ name }) => preview.header.indexOf(name))
  const plan = { ...planOf(card, preview, columns, table), ...said }
  const report = await checkFile(file, plan, preview.header, () => {})
  if (report.doubts.length > 0) {
    const doubted = report.doubts.map(({ feature }) => card.features[feature]?.name ?? '')
    fail('columns/marks', 'marksInDoubt', {
      columns: doubted,
      lines: report.doubts.flatMap(({ lines }) => lines).slice(0, 3),
    })
  }
  if (report.scorable === 0) fail('run/nothing-to-score', 'nothingToScore')
  const { columns: read } = await wholeColumns(file, plan, design.places, report.scorable)
  const rows = designRows(design, read)
  const summary = fitHere(study, design, rows, 'optimum')
  const { expected, told } = expectedAndTold(study, design, rows, summary)
  return {
    summary,
    figures: figuresOf({ scores: expected, outcomes: told }, study.family === 'binomial', 0.5),
    model: `${JSON.stringify(modelOf(study, design, summary), null, 2)}\n`,
    leftOut: report.leftOut,
  }
}
