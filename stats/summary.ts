import { add, type DoubleDouble, multiply } from '../core/number/doubleDouble.ts'
import { type FamilyName, families } from './families.ts'
import type { Fit } from './fit.ts'
import type { GlmWarning } from './glm.ts'
import type { LinkName } from './links.ts'
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
  /** Those of the columns themselves, where others are shown: predictors are sums of columns by these. */
  readonly columns?: readonly Pick<Coefficient, 'name' | 'estimate'>[]
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
  /** The ends of its profile-likelihood interval of 95 %, where they were asked for; null where one is nowhere (`profile.ts`). */
  readonly profile?: readonly [lower: number | null, upper: number | null]
}

export const intercept = '(Intercept)'

/**
 * `shown` are the coefficients as sums of those of the columns in their own units, where others are shown than these; then
 * those of the columns stand beside.
 */
export function summarise(
  fit: Fit,
  columns: readonly ColumnScale[],
  scale: OutcomeScale,
  kind: Pick<Summary, 'family' | 'link' | 'warnings'>,
  judged: Judged,
  shown: readonly Shown[] = [],
): Summary {
  const { dispersed } = families[kind.family]
  const { dispersion, deviance, nullDeviance, freedom, nullFreedom, aic, extractAic } = judged
  const toRow = rowsOf(fit, columns, scale)
  // Errors are of outcomes in steps, which the dispersion is not.
  const spread = dispersion === null ? null : Math.sqrt(dispersion)
  const isKept = new Set(fit.kept)
  const coefficientOf = (each: Shown, j: number): Coefficient => {
    const { name } = each
    if (!isKept.has(j)) return { name, estimate: null, error: null, statistic: null, lnP: null }
    const { estimate, size } = toRow(each)
    const error = spread === null ? null : size * spread
    const statistic = error === null || spread === 0 ? null : estimate / error
    const lnP = statistic === null ? null : dispersed ? lnStudentTail(statistic, freedom) : lnNormalTail(statistic)
    return { name, estimate, error, statistic, lnP }
  }
  const own = ownRows(columns).map(coefficientOf)
  return {
    ...kind,
    warnings: spread === 0 ? [...kind.warnings, 'perfect'] : kind.warnings,
    records: fit.records,
    rounds: fit.rounds,
    coefficients: shown.length === 0 ? own : shown.map(coefficientOf),
    ...(shown.length > 0 && { columns: own.map(({ name, estimate }) => ({ name, estimate })) }),
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

/** A coefficient that is a sum of others: of the intercept and those of the columns in their own units, in this order. */
export interface Shown {
  readonly name: string
  readonly factors: readonly DoubleDouble[]
}

const [zero, one]: readonly DoubleDouble[] = [
  [0, 0],
  [1, 0],
]

/** The coefficients themselves. */
export function ownRows(columns: readonly { readonly name: string }[]): Shown[] {
  const names = [intercept, ...columns.map(({ name }) => name)]
  return names.map((name, j) => ({ name, factors: names.map((_, k) => (k === j ? one : zero) as DoubleDouble) }))
}

/**
 * A sum of coefficients by the columns' own units as one of the design's: with x = (v − min)/step, w = β/step and
 * b = β_0 − Σ β·min/step. The first column of the design is that of ones.
 */
export function combinationOf({ factors }: Pick<Shown, 'factors'>, columns: readonly ColumnScale[]): DoubleDouble[] {
  const [constant = zero as DoubleDouble, ...slopes] = factors
  return [
    constant,
    ...columns.map(({ shift, units }, j) =>
      add(multiply(slopes[j] as DoubleDouble, [units, 0]), multiply(constant, [-shift, 0])),
    ),
  ]
}

/** What of such sums a fit says, in the outcome's unit. `size` is the standard error where the dispersion is 1. */
function rowsOf(fit: Fit, columns: readonly ColumnScale[], { origin, step }: OutcomeScale) {
  return ({ factors }: Shown): { readonly estimate: number; readonly size: number } => {
    const combination = combinationOf({ factors }, columns)
    const constant = combination[0] as DoubleDouble
    const sum = combination.reduce(
      (left, factor, j) => add(left, multiply(factor, fit.coefficients[j] as DoubleDouble)),
      zero as DoubleDouble,
    )
    const estimate = add(multiply(sum, [step, 0]), multiply(constant, [origin, 0]))[0]
    return { estimate, size: fit.errorOf(combination) }
  }
}
