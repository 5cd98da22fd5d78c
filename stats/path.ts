import { exp, ln } from '../core/number/elementary.ts'
import type { FamilyName } from './families.ts'

/**
 * Penalised fits (ridge, lasso and the elastic net between them) for a sequence of penalties λ, with glmnet's conventions
 * (Friedman, Hastie and Tibshirani 2010): columns count by their standard deviations by n, the intercept is free, and what is
 * made small is −ln L/n + λ·(α‖b‖₁ + (1 − α)/2·‖b‖²), for a linear model with the outcomes in their standard deviations too.
 */
export interface Penalised {
  readonly family: FamilyName
  readonly records: number
  readonly columns: number
  /** The largest slope where all coefficients are 0: the λ from which on a lasso has none. */
  readonly steepest: number
  readonly nullDeviance: number
  /** `start` are standardised coefficients, those of a λ near by. */
  readonly at: (lambda: number, alpha: number, start: Float64Array) => PenalisedFit
}

export interface PenalisedFit {
  readonly lambda: number
  /** Coefficients by the columns' deviations. */
  readonly standardised: Float64Array
  /** By the columns as they are. */
  readonly slopes: Float64Array
  readonly constant: number
  readonly deviance: number
  /** How far this is from the conditions of the optimum (Karush, Kuhn and Tucker), in shares of the steepest slope. */
  readonly violation: number
}

export interface Path {
  readonly alpha: number
  readonly nullDeviance: number
  readonly fits: readonly PenalisedFit[]
}

const mostPenalties = 100
/** Below this a ridge's λ begins where that of an elastic net with this α does. */
const leastAlpha = 1e-3

/** The penalties that glmnet takes where none are said, from the largest on. */
export function penaltiesOf({ steepest, records, columns }: Penalised, alpha: number): number[] {
  const first = ln(steepest / Math.max(alpha, leastAlpha))
  const last = first + ln(records < columns ? 1e-2 : 1e-4)
  return Array.from({ length: mostPenalties }, (_, i) => exp(first + ((last - first) * i) / (mostPenalties - 1)))
}

/** Each λ from where the one before it ended. Of λ that were not said, none once a smaller one explains hardly more. */
export function pathOf(penalised: Penalised, alpha: number, lambdas?: readonly number[]): Path {
  const { nullDeviance, family, columns } = penalised
  const fits: PenalisedFit[] = []
  const shares: number[] = []
  let start: Float64Array = new Float64Array(columns)
  for (const lambda of lambdas ?? penaltiesOf(penalised, alpha)) {
    const fit = penalised.at(lambda, alpha, start)
    fits.push(fit)
    shares.push(1 - fit.deviance / nullDeviance)
    if (lambdas === undefined && explainsEnough(family, shares)) break
    start = fit.standardised
  }
  return { alpha, nullDeviance, fits }
}

const leastFits = 5
const leastGain = 1e-5
const mostShare = 0.999

/** glmnet's rule, by the shares of the null deviance that the fits so far explain. */
function explainsEnough(family: FamilyName, shares: readonly number[]): boolean {
  if (shares.length < leastFits) return false
  const share = shares.at(-1) as number
  if (share > mostShare) return true
  if (family === 'poisson') return share - (shares.at(-leastFits) as number) < 10 * leastGain * share
  const gain = share - (shares.at(-2) as number)
  return gain < (family === 'gaussian' ? leastGain * share : leastGain)
}
