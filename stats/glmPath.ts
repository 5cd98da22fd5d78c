import { leastOf } from './descent.ts'
import { type GlmProblem, weighted } from './glm.ts'
import { iterate, type Point, pointAt, type Round, type Working, workingAt } from './irls.ts'
import { links } from './links.ts'
import type { Penalised, PenalisedFit } from './path.ts'
import { type Penalty, violationOf } from './quadratic.ts'
import { Sum } from './sums.ts'

/**
 * Penalised generalised linear models: reweighted least squares as without a penalty, each of them by coordinate descent on
 * its weighted covariances. Every family and link, with prior weights (their sum counts as 1, as glmnet has them) and an
 * offset. A linear model of weighted records is this as well.
 */
export function glmPenalised(problem: GlmProblem): Penalised {
  const used = weighted(problem)
  const scales = scalesOf(used.columns.slice(1), used.weights)
  const ones = used.columns[0] as Float64Array
  const round: Round = { ...used, z: [ones, ...scales.columns] }
  const begin = used.outcomes.map((y, i) => used.family.start(y, used.weights[i] as number))
  const none = iterate({ ...round, z: [ones] }, begin, 'optimum').point
  const empty = new Float64Array(scales.columns.length)
  const nothing = pointAt(Float64Array.of(none.gamma[0] as number, ...empty), round)
  const shares = { round, total: sumOf(used.weights), unit: isLinear(problem) ? spreadOf(used) : 1 }
  const steepest = scoreAt(nothing, shares).reduce((most, s) => Math.max(most, Math.abs(s)), 0)
  return {
    family: problem.family,
    records: used.outcomes.length,
    columns: empty.length,
    steepest,
    nullDeviance: nothing.deviance,
    at(lambda, alpha, start) {
      const penalty = { l1: lambda * alpha, l2: (lambda * (1 - alpha)) / shares.unit }
      const from = start.some((b) => b !== 0)
        ? pointAt(Float64Array.of(nothing.gamma[0] as number, ...start), round)
        : nothing
      const found = least(from.valid && Number.isFinite(from.deviance) ? from : nothing, penalty, shares, steepest)
      return { lambda, ...inSteps(found.point, scales), violation: found.violation }
    },
  }
}

const isLinear = ({ family, link }: GlmProblem): boolean => family === 'gaussian' && link === 'identity'

interface Shares {
  readonly round: Round
  /** Σ of the prior weights. */
  readonly total: number
  /** The outcomes' standard deviation, where a ridge is by it. */
  readonly unit: number
}

interface Scales {
  /** Standardised. */
  readonly columns: readonly Float64Array[]
  readonly means: Float64Array
  /** 0 for a column of one value, which then is all zeros. */
  readonly deviations: Float64Array
}

function sumOf(values: Float64Array, by?: Float64Array): number {
  const sum = new Sum()
  for (const [i, value] of values.entries()) sum.addProduct(value, by === undefined ? 1 : (by[i] as number))
  return sum.value[0]
}

/** The mean and the standard deviation, with the weights as shares of their sum. */
function scaleOf(values: Float64Array, weights: Float64Array): { readonly mean: number; readonly deviation: number } {
  const total = sumOf(weights)
  const mean = sumOf(values, weights) / total
  const squares = values.map((value) => (value - mean) * (value - mean))
  return { mean, deviation: Math.sqrt(sumOf(squares, weights) / total) }
}

function scalesOf(columns: readonly Float64Array[], weights: Float64Array): Scales {
  const scales = columns.map((column) => {
    // Of a column of one value nothing but the rounding of its mean would be left.
    return column.every((value) => value === column[0])
      ? { mean: column[0] ?? 0, deviation: 0 }
      : scaleOf(column, weights)
  })
  return {
    columns: columns.map((column, j) => {
      const { mean, deviation } = scales[j] as (typeof scales)[number]
      return column.map((value) => (deviation === 0 ? 0 : (value - mean) / deviation))
    }),
    means: Float64Array.from(scales, ({ mean }) => mean),
    deviations: Float64Array.from(scales, ({ deviation }) => deviation),
  }
}

const spreadOf = ({ outcomes, offset, weights }: Omit<Round, 'z'>): number =>
  scaleOf(
    outcomes.map((y, i) => y - (offset[i] as number)),
    weights,
  ).deviation

/** The slopes of −deviance/2 by each coefficient, the intercept's first, in shares of the weights. */
function scoreAt(point: Point, { round, total }: Shares): Float64Array {
  const { weights, residuals } = workingAt(point, round)
  return Float64Array.from(round.z, (column) => {
    const sum = new Sum()
    for (const [i, rest] of residuals.entries()) sum.addProduct((weights[i] as number) * rest, column[i] as number)
    return sum.value[0] / total
  })
}

const mostRounds = 200
const enough = 1e-13
const mostOff = 1e-12

/** The optimum from a point near it: rounds until the conditions hold to the last digits, or come no nearer. */
function least(from: Point, penalty: Penalty, shares: Shares, steepest: number) {
  const offAt = (point: Point): number => {
    const score = scoreAt(point, shares)
    const free = Math.abs(score[0] as number)
    return Math.max(free, violationOf(score.subarray(1), point.gamma.subarray(1), penalty)) / (steepest || 1)
  }
  let point = from
  let violation = offAt(point)
  for (let rounds = 0; rounds < mostRounds && violation > enough; rounds++) {
    const next = better(point, nextOf(point, penalty, shares), penalty, shares)
    const left = offAt(next)
    if (left >= violation && violation <= mostOff) break
    point = next
    violation = left
  }
  return { point, violation }
}

/** The least of the squares that stand for the likelihood at a point. */
function nextOf(point: Point, penalty: Penalty, { round, total }: Shares): Float64Array {
  const { weights, residuals } = curvedAt(point, round)
  const all = sumOf(weights)
  const columns = round.z.slice(1)
  const means = columns.map((column) => sumOf(column, weights) / all)
  const centred = columns.map((column, j) => column.map((value) => value - (means[j] as number)))
  const b = point.gamma.subarray(1)
  const weighed = centred.map((column) => column.map((value, i) => (value * (weights[i] as number)) / total))
  const matrix = centred.map(() => new Float64Array(centred.length))
  for (const [j, left] of weighed.entries()) {
    for (let k = 0; k <= j; k++) {
      const sum = dot(left, centred[k] as Float64Array)
      ;(matrix[j] as Float64Array)[k] = sum
      ;(matrix[k] as Float64Array)[j] = sum
    }
  }
  const linear = Float64Array.from(weighed, (column, j) => dot(column, residuals) + dot(matrix[j] as Float64Array, b))
  const next = leastOf({ matrix, linear }, penalty, b)
  const moved = next.reduce((sum, value, j) => sum + (means[j] as number) * (value - (b[j] as number)), 0)
  return Float64Array.of((point.gamma[0] as number) + sumOf(residuals, weights) / all - moved, ...next)
}

/**
 * By the likelihood's own curvature where a link is not canonical: rounds by its expectation, as R's `glm` has them, may take
 * hundreds here, where a penalty holds a fit far from its outcomes. Where some curvature is none, by the expectation.
 */
function curvedAt(point: Point, round: Round): Working {
  const working = workingAt(point, round)
  const { family, link, outcomes, weights: prior } = round
  if (links[family.links[0]] === link) return working
  const steepness = (eta: number): number => link.slope(eta) / family.variance(link.mean(eta))
  const weights = working.weights.map((weight, i) => {
    const eta = point.etas[i] as number
    const width = 1e-5 * Math.max(1, Math.abs(eta))
    const bend = (steepness(eta + width) - steepness(eta - width)) / (2 * width)
    return weight - (prior[i] as number) * ((outcomes[i] as number) - (point.means[i] as number)) * bend
  })
  if (!weights.every((weight, i) => weight > 1e-3 * (working.weights[i] as number))) return working
  const residuals = weights.map((weight, i) => {
    return ((working.weights[i] as number) * (working.residuals[i] as number)) / weight
  })
  return { weights, residuals }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/** A whole step, or half of one, and so on, where that has no means or makes worse what is to be least. */
function better(from: Point, whole: Float64Array, penalty: Penalty, shares: Shares): Point {
  const cost = ({ deviance, gamma }: Point): number =>
    deviance / 2 / shares.total +
    gamma.subarray(1).reduce((sum, b) => sum + penalty.l1 * Math.abs(b) + (penalty.l2 / 2) * b * b, 0)
  const most = cost(from) + 1e-12 * (Math.abs(cost(from)) + 0.1)
  let gamma = whole
  for (let halvings = 0; ; halvings++) {
    const point = pointAt(gamma, shares.round)
    if (halvings === 30 || (point.valid && cost(point) <= most)) return point
    gamma = gamma.map((value, j) => (value + (from.gamma[j] as number)) / 2)
  }
}

function inSteps(
  { gamma, deviance }: Point,
  { means, deviations }: Scales,
): Pick<PenalisedFit, 'standardised' | 'slopes' | 'constant' | 'deviance'> {
  const standardised = gamma.slice(1)
  const slopes = standardised.map((b, j) => (deviations[j] === 0 ? 0 : b / (deviations[j] as number)))
  const constant = slopes.reduce((left, slope, j) => left - slope * (means[j] as number), gamma[0] as number)
  return { standardised, slopes, constant, deviance }
}
