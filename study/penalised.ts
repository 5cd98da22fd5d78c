import { type CrossValidated, gaussianByFolds, glmByFolds } from '../stats/crossValidation.ts'
import { gramOf } from '../stats/exactSums.ts'
import { foldsOf } from '../stats/folds.ts'
import { gaussianPenalised } from '../stats/gaussianPath.ts'
import { glmPenalised } from '../stats/glmPath.ts'
import { type Path, type PenalisedFit, pathOf } from '../stats/path.ts'
import { intercept } from '../stats/summary.ts'
import { requirePowers } from './arranged.ts'
import { type Design, type DesignRows, outcomeScale } from './design.ts'
import { glmProblem, withOnes } from './fitted.ts'
import { linkOf, type StudyFile } from './studyFile.ts'

/** A study's fit with a penalty: glmnet's, whose coefficients have no standard errors. */

export interface Wanted {
  /** 0 is a ridge, 1 a lasso. */
  readonly alpha: number
  /** One penalty; or of all of a path the one that cross-validation finds best, or the largest within a standard error of it. */
  readonly lambda: number | 'best' | 'simplest'
  readonly folds: number
  readonly seed: number
}

export interface PenalisedSummary {
  readonly records: number
  readonly alpha: number
  readonly lambda: number
  /** In the columns' own units, the intercept's first. */
  readonly coefficients: readonly { readonly name: string; readonly estimate: number }[]
  readonly deviance: number
  readonly nullDeviance: number
  /** How far from the conditions of the optimum, in shares of the steepest slope. */
  readonly violation: number
  /** Of each penalty that was tried, from the largest on. */
  readonly path: readonly {
    readonly lambda: number
    readonly nonzero: number
    readonly share: number
    readonly error?: number
    readonly spread?: number
  }[]
  readonly validated: Pick<CrossValidated, 'folds' | 'best' | 'simplest'> | null
}

export function fitPenalised(study: StudyFile, design: Design, rows: DesignRows, wanted: Wanted): PenalisedSummary {
  requirePowers(design)
  const { path, validated } = found(study, rows, design, wanted)
  const { alpha, lambda } = wanted
  const place = typeof lambda === 'number' ? 0 : (validated?.[lambda] ?? 0)
  const fit = path.fits[place] as PenalisedFit
  return {
    records: rows.outcomes.length,
    alpha,
    lambda: fit.lambda,
    coefficients: ownCoefficients(fit, design, bySums(study) ? outcomeScale(study) : { origin: 0, step: 1 }),
    deviance: fit.deviance,
    nullDeviance: path.nullDeviance,
    violation: fit.violation,
    path: path.fits.map((each, i) => ({
      lambda: each.lambda,
      nonzero: each.slopes.filter((slope) => slope !== 0).length,
      share: 1 - each.deviance / path.nullDeviance,
      ...(validated && { error: validated.errors[i] as number, spread: validated.spreads[i] as number }),
    })),
    validated: validated && { folds: validated.folds, best: validated.best, simplest: validated.simplest },
  }
}

/** A linear model of records that all count alike takes of them sums alone. */
const bySums = (study: StudyFile): boolean =>
  study.family === 'gaussian' && linkOf(study) === 'identity' && !study.offsets && study.weights === undefined

function found(
  study: StudyFile,
  rows: DesignRows,
  design: Design,
  { alpha, lambda, folds, seed }: Wanted,
): { readonly path: Path; readonly validated: CrossValidated | null } {
  const one = typeof lambda === 'number' ? [lambda] : null
  if (bySums(study)) {
    const columns = [...withOnes(rows), rows.outcomes]
    const { step } = outcomeScale(study)
    if (one) return { path: pathOf(gaussianPenalised(gramOf(columns), step), alpha, one), validated: null }
    return gaussianByFolds(columns, foldsOf(rows.outcomes.length, folds, seed), step, alpha)
  }
  const problem = glmProblem(study, design, rows)
  if (one) return { path: pathOf(glmPenalised(problem), alpha, one), validated: null }
  return glmByFolds(problem, foldsOf(rows.outcomes.length, folds, seed), alpha)
}

function ownCoefficients(
  { slopes, constant }: PenalisedFit,
  { inputs }: Design,
  { origin, step }: { readonly origin: number; readonly step: number },
): PenalisedSummary['coefficients'] {
  const moved = inputs.reduce((left, { shift }, j) => left - (slopes[j] as number) * shift, constant)
  return [
    { name: intercept, estimate: origin + step * moved },
    ...inputs.map(({ name, units }, j) => ({ name, estimate: (slopes[j] as number) * units * step })),
  ]
}
