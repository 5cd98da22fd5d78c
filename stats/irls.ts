import { add } from '../core/number/doubleDouble.ts'
import { cholesky, forward } from './cholesky.ts'
import type { Family } from './families.ts'
import { fail } from './faults.ts'
import { rounding } from './fit.ts'
import type { Link } from './links.ts'
import {
  type Exactly,
  informationOf,
  isUneven,
  predictorAt,
  type predictorsOf,
  rootByColumns,
  rootOf,
  solve,
  sumsOf,
} from './rotation.ts'
import { lengthOf, Sum } from './sums.ts'

/** Iteratively reweighted least squares, from R's first means to where R stops or to the optimum. */

/**
 * Where a fit stops: at the optimum, and standard errors are those of the optimum; or where R's `glm` does by default, with
 * the standard errors of its last but one estimate.
 */
export type Stopping = 'optimum' | 'r'

/** R's: a fit's rounds, how small a change of the deviance ends it, and how often a step is halved. */
const roundsOfR = 25
const changeOfR = 1e-8
/** At the optimum: with a link that is not canonical, each round brings a digit or so. */
const mostRounds = 500
const enough = 1e-9
const finest = 1e-13

/** Records that have a weight, in the basis of their columns. */
export interface Round {
  readonly family: Family
  readonly link: Link
  readonly z: readonly Float64Array[]
  readonly outcomes: Float64Array
  readonly weights: Float64Array
  readonly offset: Float64Array
  /** Xβ by the columns themselves, where predictors by Z would lose digits that count. */
  readonly exact?: ReturnType<typeof predictorsOf> | undefined
}

/** An estimate, and all of it that the next one needs. */
export interface Point extends Exactly {
  readonly etas: Float64Array
  readonly means: Float64Array
  readonly deviance: number
  /** Whether it has predictors and means that the link and the family have. */
  readonly valid: boolean
}

export function pointAt(gamma: Float64Array, round: Round, low?: Float64Array): Point {
  const { z, offset, link, family, exact } = round
  const sums = exact?.({ gamma, low })
  const etas = Float64Array.from(offset, (o, i) => (sums ? (sums[i] as number) : predictorAt(z, gamma, i)) + o)
  const means = etas.map(link.mean)
  return {
    gamma,
    low,
    etas,
    means,
    deviance: devianceOf(round, means),
    valid: etas.every(link.holds) && means.every(family.holds),
  }
}

export function devianceOf({ outcomes, weights, family }: Round, means: Float64Array): number {
  const sum = new Sum()
  for (const [i, y] of outcomes.entries()) {
    sum.addProduct(weights[i] as number, family.deviance(y, means[i] as number))
  }
  return sum.value[0]
}

/** Weights of the least squares that make the next estimate of this one, and what its residuals are there. */
export interface Working {
  readonly weights: Float64Array
  readonly residuals: Float64Array
}

export function workingAt({ etas, means }: Pick<Point, 'etas' | 'means'>, round: Round): Working {
  const { outcomes, weights, link, family } = round
  const residuals = new Float64Array(outcomes.length)
  const working = Float64Array.from(outcomes, (y, i) => {
    const [mean, slope] = [means[i] as number, link.slope(etas[i] as number)]
    residuals[i] = slope === 0 ? 0 : (y - mean) / slope
    return ((weights[i] as number) * slope * slope) / family.variance(mean)
  })
  return { weights: working, residuals }
}

/**
 * Second derivatives of the likelihood themselves, where `weights` are what is expected of them: with a link that is not canonical
 * steps by these come near in a few rounds, and those by what is expected in dozens, or never.
 */
function observedWeights({ etas, means }: Point, round: Round): Float64Array {
  const { outcomes, weights, link, family } = round
  return outcomes.map((y, i) => {
    const [mean, slope, curve] = [means[i] as number, link.slope(etas[i] as number), link.curve(etas[i] as number)]
    const variance = family.variance(mean)
    const square = slope * slope
    const away = ((y - mean) * (curve - (square * family.rise(mean)) / variance)) / variance
    return (weights[i] as number) * (square / variance - away)
  })
}

/** L of these second derivatives, as far as they are those of a hollow; null where they are not. */
export function observedRoot(point: Point, round: Round): Float64Array[] | null {
  const weights = observedWeights(point, round)
  return weights.every(Number.isFinite) ? cholesky(informationOf(weights, round.z)) : null
}

export interface Found {
  readonly point: Point
  /** The weights and L of them, Z'WZ = LL', whose standard errors are given. */
  readonly weights: Float64Array
  readonly root: readonly Float64Array[]
  readonly rounds: number
  readonly converged: boolean
  readonly boundary: boolean
}

/** From means, or from an estimate: the first step goes from there, and only from an estimate it can be shortened. */
export function iterate(round: Round, begin: Float64Array | Point, stopping: Stopping): Found {
  const from = begin instanceof Float64Array ? null : begin
  const means = begin instanceof Float64Array ? begin : begin.means
  const { whole, weights, root } = firstStep(round, means, from)
  const { point, boundary } = shortened(whole, from, round)
  const started: Found = { point, boundary, weights, root, rounds: 1, converged: false }
  return stopping === 'r' ? asR(started, devianceOf(round, means), round) : toOptimum(started, round)
}

function firstStep(round: Round, means: Float64Array, from: Point | null) {
  const etas = from?.etas ?? means.map(round.link.predictor)
  const first = workingAt({ etas, means }, round)
  const wanted = first.residuals.map((rest, i) => rest + (etas[i] as number) - (round.offset[i] as number))
  const root = solidRoot(first.weights, round, 1)
  const whole = pointAt(stepBy({ root, weights: first.weights, residuals: wanted }, round), round)
  return { whole, weights: first.weights, root }
}

/** The estimate whose means are all that of the outcomes. */
function pointOfMean(round: Round): Point {
  // The first column of Z is a multiple of ones.
  const gamma = new Float64Array(round.z.length)
  gamma[0] = round.link.predictor(weightedMean(round)) / (round.z[0]?.[0] as number)
  return pointAt(gamma, round)
}

export function weightedMean({ outcomes, weights }: Pick<Round, 'outcomes' | 'weights'>): number {
  const [sum, all] = [new Sum(), new Sum()]
  for (const [i, w] of weights.entries()) {
    sum.addProduct(w, outcomes[i] as number)
    all.add(w)
  }
  return sum.value[0] / all.value[0]
}

/**
 * The optimum from R's first means; and where that leads nowhere, and its first step is worse than all means alike, from those: first
 * means of shares of many trials are so near to 0 and 1 that with some links a step from there leads anywhere.
 */
export function optimumFrom(means: Float64Array, round: Round): Found {
  try {
    return iterate(round, means, 'optimum')
  } catch (error) {
    const [mean, first] = [pointOfMean(round), firstStep(round, means, null).whole]
    if (!isUsable(mean) || (isUsable(first) && first.deviance <= mean.deviance)) throw error
    return iterate(round, mean, 'optimum')
  }
}

export function weightedSums({ z }: Round, weights: Float64Array, values: Float64Array): Float64Array {
  const products = values.map((value, i) => value * (weights[i] as number))
  return Float64Array.from(sumsOf(z, products), ([high]) => high)
}

/** L of Z'WZ = LL', by the columns where their products have lost digits. Throws where the weights have all but vanished. */
function solidRoot(weights: Float64Array, { z }: Round, rounds: number): Float64Array[] {
  const root = cholesky(informationOf(weights, z))
  if (root !== null && !isUneven(root)) return root
  const other = rootByColumns(weights, z)
  if (!other.every((row, j) => (row[j] as number) > 0)) fail('study/fit', 'noFiniteFit', { rounds })
  return other
}

/** The γ of the least Σ w(r − Zγ)², refined where weights differ by many orders (Björck 1987, corrected seminormal equations). */
function stepBy({ root, weights, residuals }: Working & { readonly root: readonly Float64Array[] }, round: Round) {
  let step = solve(root, weightedSums(round, weights, residuals))
  for (let pass = isUneven(root) ? 0 : refinements; pass < refinements; pass++) {
    const rest = residuals.map((r, i) => r - predictorAt(round.z, step, i))
    const more = solve(root, weightedSums(round, weights, rest))
    step = step.map((s, j) => s + (more[j] as number))
  }
  return step
}

const refinements = 2

const hasSettled = (deviance: number, before: number): boolean =>
  Math.abs(deviance - before) / (Math.abs(deviance) + 0.1) < changeOfR

/** R's default: the end when the deviance changes by less than 1e-8 of itself, or after 25 rounds. */
function asR(started: Found, devianceBefore: number, round: Round): Found {
  let found = started
  let before = devianceBefore
  for (; ; found = next(found, round)) {
    const { deviance } = found.point
    if (hasSettled(deviance, before)) return { ...found, converged: true }
    if (found.rounds === roundsOfR) return found
    before = deviance
  }
}

function next({ point, rounds }: Found, round: Round): Found {
  const { weights, residuals } = workingAt(point, round)
  const root = solidRoot(weights, round, rounds)
  const whole = moved(point, stepBy({ root, weights, residuals }, round), round)
  return { ...shortened(whole, point, round), weights, root, rounds: rounds + 1, converged: false }
}

/** A step away from an estimate. */
export const moved = (from: Point, step: Float64Array, round: Round): Point => between(from, { gamma: step }, 1, round)

/** The sum of both, or a part of it, in twice the precision where that counts. */
function between(a: Exactly, b: Exactly, part: number, round: Round): Point {
  const sums = Array.from(a.gamma, (g, j) => add([g, a.low?.[j] ?? 0], [b.gamma[j] as number, b.low?.[j] ?? 0]))
  const of = (at: 0 | 1) => Float64Array.from(sums, (sum) => part * sum[at])
  return pointAt(of(0), round, round.exact && of(1))
}

/** Whether there are means that the link and the family have, and a deviance of them. */
export const isUsable = ({ deviance, valid }: Point): boolean => valid && Number.isFinite(deviance)

/** A step is halved as long as it leads to no finite deviance, or to predictors or means that are none. */
function shortened(whole: Point, from: Point | null, round: Round): Pick<Found, 'point' | 'boundary'> {
  if (isUsable(whole)) return { point: whole, boundary: false }
  if (from === null) fail('study/fit', 'noStart')
  let point = whole
  for (let halvings = 1; !isUsable(point); halvings++) {
    if (halvings > roundsOfR) fail('study/fit', 'noStart')
    point = halfway(point, from, round)
  }
  return { point, boundary: true }
}

export const halfway = (point: Point, from: Point, round: Round): Point => between(point, from, 0.5, round)

/** As near as doubles tell: until Newton's decrement falls no more. */
function toOptimum(started: Found, round: Round): Found {
  let found = started
  let [before, isSettled] = [Number.POSITIVE_INFINITY, false]
  const freedom = round.outcomes.length - round.z.length
  while (found.rounds < mostRounds) {
    const { weights, residuals } = workingAt(found.point, round)
    const root = rootOf(weights, round.z, found.rounds)
    const score = weightedSums(round, weights, residuals)
    const away = lengthOf(forward(root, score))
    // In standard errors, which have the dispersion in them.
    const unit = round.family.dispersed && freedom > 0 ? Math.sqrt(pearson({ ...found, weights }, round) / freedom) : 1
    // Where each round takes away the same share of what is left, so much is.
    const left = away / Math.max(1 - away / before, 0.01)
    if (left <= finest * unit || (away <= Math.max(enough * unit, floorOf(found.point, weights)) && away >= before)) {
      if (isApart(root, found.point, round)) break
      return { ...found, weights, root, converged: true }
    }
    before = away
    // Of several optima it is R's to which R's own steps lead.
    const steps = (isSettled || found.rounds > roundsOfR ? observedRoot(found.point, round) : null) ?? root
    const next = better(found, { weights, root, step: solve(steps, score) }, round)
    isSettled = isSettled || hasSettled(next.point.deviance, found.point.deviance)
    found = next
  }
  return fail('study/fit', 'noFiniteFit', { rounds: found.rounds })
}

/** What rounding leaves of a decrement, where outcomes are all but their means. */
const floorOf = ({ etas }: Point, weights: Float64Array): number =>
  rounding * Math.sqrt(etas.reduce((sum, eta, i) => sum + (weights[i] as number) * eta * eta, 0))

interface Step {
  readonly weights: Float64Array
  readonly root: readonly Float64Array[]
  readonly step: Float64Array
}

/** A whole step, or half of one, and so on, where that makes the deviance larger. */
function better({ point, rounds }: Found, { weights, root, step }: Step, round: Round): Found {
  let next = shortened(moved(point, step, round), point, round)
  const cost = costOf(point, round)
  const most = cost + 1e-12 * (Math.abs(cost) + 0.1)
  for (let halvings = 0; costOf(next.point, round) > most && halvings < 10; halvings++) {
    next = { ...next, point: halfway(next.point, point, round) }
  }
  return { ...next, weights, root, rounds: rounds + 1, converged: false }
}

/** What an estimate makes least: the deviance, before it is cut off. */
export function costOf({ means, deviance }: Point, round: Round): number {
  const { uncut } = round.family
  return uncut ? devianceOf({ ...round, family: { ...round.family, deviance: uncut } }, means) : deviance
}

/** Whether outcomes are told apart by some direction, in which the information then vanishes. */
function isApart(root: readonly Float64Array[], { deviance }: Point, { family, outcomes }: Round): boolean {
  if (family.outcomes !== 'shares' && family.outcomes !== 'counts') return false
  const pivots = root.map((row, j) => (row[j] as number) ** 2)
  const isAll = family.outcomes === 'shares' && deviance < 1e-8 * outcomes.length
  return isAll || Math.min(...pivots) < 1e-10 * Math.max(...pivots)
}

/** Σ w r² of the last weights and of the residuals where it ended: what R divides by the degrees of freedom. */
export function pearson({ point, weights }: Pick<Found, 'point' | 'weights'>, round: Round): number {
  const { residuals } = workingAt(point, round)
  const sum = new Sum()
  for (const [i, rest] of residuals.entries()) sum.addProduct(weights[i] as number, rest * rest)
  return sum.value[0]
}
