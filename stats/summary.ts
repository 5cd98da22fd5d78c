import { add, type DoubleDouble, multiply, negate } from '../core/number/doubleDouble.ts'
import { type FamilyName, families } from './families.ts'
import type { Fit } from './fit.ts'
import type { GlmWarning } from './glm.ts'
import type { LinkName } from './links.ts'
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

/** How an outcome in the fit's unit is one in its own. */
export interface OutcomeScale {
  /** What an outcome of 0 is, and one more than that. */
  readonly origin: number
  readonly step: number
}

/** What a fit is judged by; null what is not known where the outcomes stayed with whoever has them. */
export interface Judged {
  /** Of the family: 1, or what is left of the outcomes' variance. */
  readonly dispersion: number | null
  readonly deviance: number | null
  readonly nullDeviance: number | null
  readonly freedom: number
  readonly nullFreedom: number
  /** As R's `summary` of a `glm` has it, and as its `step` counts. */
  readonly aic: number | null
  readonly extractAic: number | null
}

export interface Summary extends Judged {
  readonly family: FamilyName
  readonly link: LinkName
  readonly records: number
  readonly rounds: number
  readonly coefficients: readonly Coefficient[]
  readonly largestPredictor: number
  readonly warnings: readonly GlmWarning[]
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

export function summarise(
  fit: Fit,
  columns: readonly ColumnScale[],
  scale: OutcomeScale,
  kind: Pick<Summary, 'family' | 'link' | 'warnings'>,
  judged: Judged,
): Summary {
  const { dispersed } = families[kind.family]
  const { dispersion, deviance, nullDeviance, freedom, nullFreedom, aic, extractAic } = judged
  // Errors are of outcomes in steps, which the dispersion is not.
  const spread = dispersion === null ? null : Math.sqrt(dispersion)
  const isKept = new Set(fit.kept)
  return {
    ...kind,
    records: fit.records,
    rounds: fit.rounds,
    coefficients: ownRows(fit, columns, scale).map(({ name, estimate, size }, j): Coefficient => {
      if (!isKept.has(j)) return { name, estimate: null, error: null, statistic: null, lnP: null }
      const error = spread === null ? null : size * spread
      const statistic = error === null ? null : estimate / error
      const lnP = statistic === null ? null : dispersed ? lnStudentTail(statistic, freedom) : lnNormalTail(statistic)
      return { name, estimate, error, statistic, lnP }
    }),
    dispersion,
    deviance,
    nullDeviance,
    freedom,
    nullFreedom,
    aic,
    extractAic,
    largestPredictor: fit.largest,
  }
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
function ownRows(fit: Fit, columns: readonly ColumnScale[], { origin, step }: OutcomeScale): OwnRow[] {
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
