import { add, type DoubleDouble, divide, multiply, negate } from '../core/number/doubleDouble.ts'
import { ln } from '../core/number/elementary.ts'
import { type FamilyName, families } from './families.ts'
import type { Fit } from './fit.ts'
import { lengthOf } from './sums.ts'
import { lnNormalTail, lnStudentTail } from './tails.ts'

/** A fit as people read it: on the scale of the columns as they are written, with standard errors and tails. */

/** How a column of the design, in whole steps above its minimum, is the column that a person knows. */
export interface ColumnScale {
  readonly name: string
  /** What the column's minimum is in units of the design, and how many of those make one of the column's own units. */
  readonly shift: number
  readonly units: number
}

/** What is known of the outcomes beside X'y; null where it stayed with whoever has them. */
export interface OutcomeFacts {
  readonly family: FamilyName
  /** Σ y. */
  readonly total: DoubleDouble
  /** The log-likelihood of means that are the outcomes themselves; for a gaussian Σ y²/2. */
  readonly saturated: DoubleDouble | null
  /** What the likelihood has beside: Σ ln y! of counts. */
  readonly constant: number | null
  /** What an outcome of 0 is, and one more than that: a gaussian's steps. */
  readonly origin: number
  readonly step: number
}

export interface Summary {
  readonly family: FamilyName
  readonly records: number
  readonly rounds: number
  readonly coefficients: readonly Coefficient[]
  /** Of the family: 1, or for a gaussian what is left of the outcomes' variance; null where that is not known. */
  readonly dispersion: number | null
  readonly deviance: number | null
  readonly nullDeviance: number | null
  readonly freedom: number
  readonly nullFreedom: number
  /** As R's `summary` of a `glm` has it, and as its `step` counts. */
  readonly aic: number | null
  readonly extractAic: number | null
  readonly largestPredictor: number
}

export interface Coefficient {
  readonly name: string
  /** Null for a column that is a sum of those before it. */
  readonly estimate: number | null
  readonly error: number | null
  /** z, or t where the dispersion is estimated. */
  readonly statistic: number | null
  /** The natural logarithm of the two-sided p-value. */
  readonly lnP: number | null
}

export const intercept = '(Intercept)'

export function summarise(fit: Fit, columns: readonly ColumnScale[], outcome: OutcomeFacts): Summary {
  const { records, kept } = fit
  const freedom = records - kept.length
  const family = families[outcome.family]
  const squared = outcome.step * outcome.step
  const deviance = deviationFrom(outcome, fit.likelihood, squared)
  const dispersion = family.dispersed ? (deviance === null ? null : deviance / freedom) : 1
  // Errors are of outcomes in steps, which the dispersion is not.
  const spread = dispersion === null ? null : Math.sqrt(dispersion)
  const rows = ownRows(fit, columns, outcome)
  const isKept = new Set(kept)
  return {
    family: outcome.family,
    records,
    rounds: fit.rounds,
    coefficients: rows.map(({ name, estimate, size }, j): Coefficient => {
      if (!isKept.has(j)) return { name, estimate: null, error: null, statistic: null, lnP: null }
      const error = spread === null ? null : size * spread
      const statistic = error === null ? null : estimate / error
      const lnP =
        statistic === null ? null : family.dispersed ? lnStudentTail(statistic, freedom) : lnNormalTail(statistic)
      return { name, estimate, error, statistic, lnP }
    }),
    dispersion,
    deviance,
    nullDeviance: deviationFrom(outcome, nullLikelihood(outcome, records), squared),
    freedom,
    nullFreedom: records - 1,
    ...criteria(fit, outcome, deviance),
    largestPredictor: fit.largest,
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
  const eta = families[family].link(mean)
  return add(multiply(total, [eta, 0]), [-records * families[family].cumulant(eta), 0])
}

function criteria(
  { records, kept, likelihood }: Fit,
  { family, constant }: OutcomeFacts,
  deviance: number | null,
): Pick<Summary, 'aic' | 'extractAic'> {
  const p = kept.length
  if (family === 'gaussian') {
    if (deviance === null) return { aic: null, extractAic: null }
    const spread = records * ln(deviance / records)
    return { aic: spread + records * (ln(2 * Math.PI) + 1) + 2 * (p + 1), extractAic: spread + 2 * p }
  }
  const aic = constant === null ? null : -2 * (likelihood[0] - constant) + 2 * p
  return { aic, extractAic: aic }
}

interface OwnRow {
  readonly name: string
  readonly estimate: number
  /** The standard error where the dispersion is 1. */
  readonly size: number
}

/**
 * Coefficients by the columns' own units: with x = (v − min)/step, w = β/step and b = β_0 − Σ β·min/step. The first column
 * of the design is that of ones.
 */
function ownRows(fit: Fit, columns: readonly ColumnScale[], { origin, step }: OutcomeFacts): OwnRow[] {
  let constant = fit.coefficients[0] as DoubleDouble
  const factor = Float64Array.from(fit.factor[0] as Float64Array)
  const slopes = columns.map(({ name, shift, units }, j): OwnRow => {
    const beta = fit.coefficients[j + 1] as DoubleDouble
    const row = fit.factor[j + 1] as Float64Array
    constant = add(constant, negate(multiply(beta, [shift, 0])))
    for (const [k, f] of row.entries()) factor[k] = (factor[k] as number) - f * shift
    const estimate = multiply(multiply(beta, [units, 0]), [step, 0])[0]
    return { name, estimate, size: lengthOf(row) * units }
  })
  const estimate = add(multiply(constant, [step, 0]), [origin, 0])[0]
  return [{ name: intercept, estimate, size: lengthOf(factor) }, ...slopes]
}
