import type { Summary } from '../../stats/summary.ts'
import { type StudyComponents, studyComponents } from '../../study/components.ts'
import type { Design, DesignRows } from '../../study/design.ts'
import { type Estimates, expectedAndTold, fitHere, modelOf } from '../../study/fitted.ts'
import { fitPenalised, type PenalisedSummary, type Wanted } from '../../study/penalised.ts'
import { withProfiles } from '../../study/profiled.ts'
import { parseStudy, type StudyFile } from '../../study/studyFile.ts'
import { stepped, type TermTables, termTables } from '../../study/terms.ts'
import { type Figures, figuresOf } from '../../validation/compare.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import { studyRows } from './studyRows.ts'

/** What is made of a study's records. */
export type Way =
  /** Terms may go as long as AIC falls; and intervals may be those of profile likelihoods. */
  | { readonly kind: 'plain'; readonly step: boolean; readonly profile: boolean }
  | ({ readonly kind: 'penalised' } & Wanted)
  /** Of the columns that explain; the outcome has no part in them. */
  | { readonly kind: 'components'; readonly scaled: boolean }

interface Fit {
  /** What the fit expects of the records that it is fitted to, beside what came to pass. */
  readonly figures: Figures
  /** The model's file. */
  readonly model: string
  readonly leftOut: number
}

export interface FittedHere extends Fit {
  readonly kind: 'plain'
  readonly summary: Summary
  readonly tables: TermTables
  /** The terms that are left. */
  readonly terms: readonly string[]
}

export interface PenalisedHere extends Fit {
  readonly kind: 'penalised'
  readonly penalised: PenalisedSummary
}

export interface ComponentsHere {
  readonly kind: 'components'
  readonly components: StudyComponents
  readonly leftOut: number
}

export type Found = FittedHere | PenalisedHere | ComponentsHere

/** Fits a study to a file. Throws `study/…`, and what a check of the file throws. */
export async function fitFile(looked: LookedAt, clicked: StudyFile, way: Way): Promise<Found> {
  const study = parseStudy(JSON.stringify(clicked))
  const { design, rows, leftOut } = await studyRows(looked, study)
  if (way.kind === 'components')
    return { kind: 'components', components: studyComponents(design, rows, way.scaled), leftOut }
  if (way.kind === 'penalised') {
    const penalised = fitPenalised(study, design, rows, way)
    return { kind: 'penalised', penalised, leftOut, ...told(study, design, rows, penalised) }
  }
  const all = { study, design, rows }
  const left = way.step ? stepped(all, 'optimum') : all
  const plain = fitHere(left.study, left.design, left.rows, 'optimum')
  const summary = way.profile ? withProfiles(left, plain) : plain
  return {
    kind: 'plain',
    summary,
    tables: termTables(left.study, left.design, left.rows, 'optimum'),
    terms: left.study.terms,
    leftOut,
    ...told(left.study, left.design, left.rows, summary),
  }
}

function told(study: StudyFile, design: Design, rows: DesignRows, fit: Estimates): Pick<Fit, 'figures' | 'model'> {
  const { expected, told: outcomes } = expectedAndTold(study, design, rows, fit)
  // A binomial's weights are trials, as are successes and failures together.
  const ofTrials = study.failures !== undefined || (study.family === 'binomial' && rows.weights !== undefined)
  const events = ofTrials || (study.family === 'binomial' && outcomes.every((y) => y === 0 || y === 1))
  return {
    figures: figuresOf({ scores: expected, outcomes, ...(ofTrials && { trials: rows.weights }) }, events, 0.5),
    model: `${JSON.stringify(modelOf(study, design, fit), null, 2)}\n`,
  }
}
