import type { Summary } from '../../stats/summary.ts'
import { expectedAndTold, fitHere, modelOf } from '../../study/fitted.ts'
import { parseStudy, type StudyFile } from '../../study/studyFile.ts'
import { type Figures, figuresOf } from '../../validation/compare.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import { studyRows } from './studyRows.ts'

export interface FittedHere {
  readonly summary: Summary
  /** What the fit expects of the records that it is fitted to, beside what came to pass. */
  readonly figures: Figures
  /** The model's file. */
  readonly model: string
  readonly leftOut: number
}

/** Fits a study to a file. Throws `study/…`, and what a check of the file throws. */
export async function fitFile(looked: LookedAt, clicked: StudyFile): Promise<FittedHere> {
  const study = parseStudy(JSON.stringify(clicked))
  const { design, rows, leftOut } = await studyRows(looked, study)
  const summary = fitHere(study, design, rows, 'optimum')
  const { expected, told } = expectedAndTold(study, design, rows, summary)
  return {
    summary,
    figures: figuresOf({ scores: expected, outcomes: told }, study.family === 'binomial', 0.5),
    model: `${JSON.stringify(modelOf(study, design, summary), null, 2)}\n`,
    leftOut,
  }
}
