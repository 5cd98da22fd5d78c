import { leastOf } from './descent.ts'
import { type Moments, momentsOf } from './moments.ts'
import type { Penalised, PenalisedFit } from './path.ts'
import { slopeAt, violationOf } from './quadratic.ts'

/**
 * A penalised linear model from exact sums alone, those of [1 X y]: glmnet's covariance updates. `unit` is what one step of
 * the outcome is in the unit that λ and deviances are in; coefficients are by steps.
 */
export function gaussianPenalised(gram: readonly (readonly bigint[])[], unit: number): Penalised {
  const moments = momentsOf(gram)
  const columns = moments.means.length - 1
  const spread = moments.deviations[columns] as number
  const linear = (moments.correlations[columns] as Float64Array).slice(0, columns)
  const matrix = moments.correlations.slice(0, columns).map((row) => row.slice(0, columns))
  const quadratic = { matrix, linear }
  const steepest = linear.reduce((most, c) => Math.max(most, Math.abs(c)), 0)
  return {
    family: 'gaussian',
    records: moments.records,
    columns,
    steepest: steepest * spread * unit,
    nullDeviance: moments.records * (spread * unit) ** 2,
    at(lambda, alpha, start): PenalisedFit {
      const share = lambda / (spread * unit)
      const penalty = { l1: share * alpha, l2: share * (1 - alpha) }
      const standardised = leastOf(quadratic, penalty, start)
      const slope = slopeAt(quadratic, standardised)
      return {
        lambda,
        standardised,
        ...inSteps(standardised, moments),
        // (y − Xb)'(y − Xb) = 1 − b'(c + (c − Sb)) of standardised columns.
        deviance:
          moments.records *
          (spread * unit) ** 2 *
          standardised.reduce((left, b, j) => left - b * ((linear[j] as number) + (slope[j] as number)), 1),
        violation: violationOf(slope, standardised, penalty) / (steepest || 1),
      }
    },
  }
}

/** Coefficients of standardised columns and outcomes as those of steps. */
function inSteps(
  standardised: Float64Array,
  { means, deviations }: Moments,
): Pick<PenalisedFit, 'slopes' | 'constant'> {
  const spread = deviations[standardised.length] as number
  const slopes = standardised.map((b, j) => {
    const deviation = deviations[j] as number
    return deviation === 0 ? 0 : (b * spread) / deviation
  })
  const constant = slopes.reduce((left, slope, j) => left - slope * (means[j] as number), means.at(-1) as number)
  return { slopes, constant }
}

/** The mean squared error of a fit, in squares of `unit`, on the records whose exact sums these are. */
export function meanSquaredError(
  { slopes, constant }: Pick<PenalisedFit, 'slopes' | 'constant'>,
  { means, deviations, correlations }: Moments,
  unit: number,
): number {
  const columns = slopes.length
  const weights = Float64Array.from(
    deviations,
    (deviation, j) => deviation * (j < columns ? -(slopes[j] as number) : 1),
  )
  let variance = 0
  for (const [j, row] of correlations.entries()) {
    for (const [k, correlation] of row.entries())
      variance += (weights[j] as number) * (weights[k] as number) * correlation
  }
  const bias = slopes.reduce(
    (left, slope, j) => left - slope * (means[j] as number),
    (means[columns] as number) - constant,
  )
  return (variance + bias * bias) * unit * unit
}
