import type { DoubleDouble } from '../core/number/doubleDouble.ts'
import { backward, cholesky, forward } from './cholesky.ts'
import { basisOf } from './exactBasis.ts'
import { gramOf } from './exactSums.ts'
import { dispersionOf, firstMeans, type GlmProblem, weighted } from './glm.ts'
import {
  costOf,
  halfway,
  isUsable,
  moved,
  optimumFrom,
  type Point,
  type Round,
  weightedSums,
  workingAt,
} from './irls.ts'
import { inBasis, informationOf, rotated } from './rotation.ts'
import { dotOf } from './sums.ts'
import { normalQuantile } from './tails.ts'

/**
 * Profile-likelihood intervals of 95 %: a coefficient is as far away as the least deviance of all others is above that of the fit by
 * the dispersion times the square of the normal quantile (Venables and Ripley 2002, 8.4; R's `confint` of a `glm` since 4.4). R draws
 * a spline through a dozen such deviances; here the ends themselves are found (Venzon and Moolgavkar 1988).
 */
export interface Reach {
  /** How far below and above the estimate; null where the deviance nowhere rises so much: what outcomes that are told apart leave open. */
  readonly below: number | null
  readonly above: number | null
}

/** Of sums of coefficients: of each a factor for each of the problem's columns. Throws `study/fit` where there is no finite estimate. */
export function profilesOf(problem: GlmProblem, combinations: readonly (readonly DoubleDouble[])[]): Reach[] {
  const used = weighted(problem)
  const basis = basisOf(gramOf(used.columns), used.outcomes.length)
  const round: Round = { ...used, z: rotated(used.columns, basis) }
  const found = optimumFrom(firstMeans(problem.family, used, 'optimum'), round)
  const dispersion = dispersionOf(found, round)
  if (dispersion === null || !(dispersion > 0)) return combinations.map(() => ({ below: null, above: null }))
  const search: Search = { round, from: found.point, dispersion, least: costOf(found.point, round) }
  return combinations.map((combination) => {
    const along = inBasis(combination, basis)
    return { below: endOf(search, along, -1), above: endOf(search, along, 1) }
  })
}

interface Search {
  readonly round: Round
  readonly from: Point
  readonly dispersion: number
  readonly least: number
}

const mostTries = 100
const mostSteps = 500
const mostHalvings = 30
/** So many standard errors away there is no end. */
const furthest = 1e4
/** How near a deviance is to that of an end, and the square of how near others are to their optimum, by the dispersion. */
const enough = 1e-12
/** What is left where rounding ends a search. */
const roundedEnough = 1e-8

/** The optimum of all estimates that have the sum where this one has it. */
interface State {
  readonly point: Point
  readonly cost: number
  /** The step that changes the sum by 1 and leads to the next such optimum, to first order: the likelihood then changes by `slope`. */
  readonly onwards: Float64Array
  readonly slope: number
  /** The sum's standard error where the dispersion is 1. */
  readonly error: number
}

/** Newton's method for where the deviance has risen enough, between where it has not and where it has too much. */
function endOf(search: Search, along: Float64Array, side: 1 | -1): number | null {
  const { from, dispersion, least, round } = search
  const rise = dispersion * normalQuantile ** 2
  let at = optimumBeside(from, search, along)
  if (at === null) return null
  const unit = at.error * Math.sqrt(dispersion)
  let [reach, below, above, next] = [0, 0, furthest * unit, normalQuantile * unit]
  for (let tries = 0; tries < mostTries && next < furthest * unit; tries++) {
    const step = at.onwards.map((h) => h * side * (next - reach))
    const tried = optimumBeside(moved(at.point, step, round), search, along)
    // What is near enough to go on from has means.
    if (tried === null) {
      next = (reach + next) / 2
      continue
    }
    ;[at, reach] = [tried, next]
    const risen = Math.max(0, at.cost - least)
    const far = Math.abs(risen - rise)
    if (far <= enough * rise || (far <= roundedEnough * rise && above - below <= 1e-12 * above)) return reach
    if (risen < rise) below = Math.max(below, reach)
    else above = Math.min(above, reach)
    // By the root of the rise, which is all but a straight line.
    const root = Math.sqrt(risen)
    next = reach + ((Math.sqrt(rise) - root) * root) / Math.abs(at.slope)
    if (!(next > below && next < above)) next = above < furthest * unit ? (below + above) / 2 : 2 * reach
  }
  return null
}

/** By reweighted least squares of what leaves the sum as it is, each step as short as makes the deviance no larger; null where there is none. */
function optimumBeside(start: Point, { round, dispersion }: Search, along: Float64Array): State | null {
  let point = start
  for (let steps = 0; steps < mostSteps && isUsable(point); steps++) {
    const { weights, residuals } = workingAt(point, round)
    const root = cholesky(informationOf(weights, round.z))
    if (root === null) return null
    const across = forward(root, along)
    const score = forward(root, weightedSums(round, weights, residuals))
    const square = dotOf(across, across)
    const slope = dotOf(across, score) / square
    const rest = score.map((s, j) => s - slope * (across[j] as number))
    const [left, cost] = [dotOf(rest, rest), costOf(point, round)]
    const next = left <= enough * dispersion ? null : lower(point, backward(root, rest), round)
    if (next === null) {
      if (left > roundedEnough * dispersion) return null
      const onwards = backward(root, across).map((h) => h / square)
      return { point, cost, onwards, slope, error: Math.sqrt(square) }
    }
    point = next
  }
  return null
}

/** The end of a step, or of as much of it as has a lower deviance; null where none has. */
function lower(from: Point, step: Float64Array, round: Round): Point | null {
  const cost = costOf(from, round)
  let point = moved(from, step, round)
  for (let halvings = 0; halvings < mostHalvings; halvings++) {
    if (isUsable(point) && costOf(point, round) < cost) return point
    point = halfway(point, from, round)
  }
  return null
}
