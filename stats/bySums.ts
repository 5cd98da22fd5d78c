import { add, type DoubleDouble, divide, multiply, negate } from '../core/number/doubleDouble.ts'
import { ln } from '../core/number/elementary.ts'
import { type CanonicalName, canonicalLink, cumulants, families } from './families.ts'
import type { FitOfSums } from './fit.ts'
import type { Judged, OutcomeScale } from './summary.ts'

/** What is known of the outcomes beside X'y; null where it stayed with whoever has them. */
export interface OutcomeFacts extends OutcomeScale {
  readonly family: CanonicalName
  /** Σ y. */
  readonly total: DoubleDouble
  /** The log-likelihood of means that are the outcomes themselves; for a gaussian Σ y²/2. */
  readonly saturated: DoubleDouble | null
  /** What the likelihood has beside. */
  readonly constant: number | null
}

/** A fit judged by sums of its outcomes. */
export function judgedBySums(fit: FitOfSums, outcome: OutcomeFacts): Judged {
  const { records, kept } = fit
  const freedom = records - kept.length
  const squared = outcome.step * outcome.step
  const deviance = fit.residual === null ? deviationFrom(outcome, fit.likelihood, squared) : fit.residual * squared
  const left = deviance === null || freedom === 0 ? null : deviance / freedom
  return {
    dispersion: families[outcome.family].dispersed ? left : 1,
    deviance,
    nullDeviance: deviationFrom(outcome, nullLikelihood(outcome, records), squared),
    freedom,
    nullFreedom: records - 1,
    ...criteria(fit, outcome, deviance),
  }
}

/** Twice the distance of a likelihood from the saturated one, in squares of the outcome's own unit. */
function deviationFrom({ saturated }: OutcomeFacts, likelihood: DoubleDouble, squared: number): number | null {
  return saturated === null ? null : 2 * add(saturated, negate(likelihood))[0] * squared
}

/** Of the model that has an intercept and nothing else. */
function nullLikelihood({ family, total }: OutcomeFacts, records: number): DoubleDouble {
  const mean = total[0] / records
  if (family === 'gaussian') return divide(multiply(total, total), [2 * records, 0])
  const eta = canonicalLink(family).predictor(mean)
  return add(multiply(total, [eta, 0]), [-records * cumulants[family](eta), 0])
}

function criteria(
  { records, kept, likelihood }: FitOfSums,
  { family, constant }: OutcomeFacts,
  deviance: number | null,
): Pick<Judged, 'aic' | 'extractAic'> {
  const p = kept.length
  if (family === 'gaussian') {
    // Outcomes that are their means have no bound on their density.
    if (deviance === null || deviance === 0) return { aic: null, extractAic: null }
    const spread = records * ln(deviance / records)
    return { aic: spread + records * (ln(2 * Math.PI) + 1) + 2 * (p + 1), extractAic: spread + 2 * p }
  }
  const aic = constant === null ? null : -2 * (likelihood[0] - constant) + 2 * p
  return { aic, extractAic: aic }
}
