import { backward, forward } from '../../stats/cholesky.ts'
import { fail as failStats } from '../../stats/faults.ts'
import { type Point, pointAt, type Round, workingAt } from '../../stats/irls.ts'
import { lengthOf } from '../../stats/sums.ts'
import { checkDeviance, mostRounds } from './checks.ts'
import { unscaled } from './numbers.ts'
import { type Matrix, openEnd, openScore, real, rootOfMatrix, type Shared } from './opening.ts'
import { updated } from './quasiNewton.ts'

/**
 * From R's first means to the optimum of all owners' rows. Each Z'WZ that is opened says p(p + 1)/2 numbers of the rows, a score p: so
 * it is asked for at the first estimates, where a step is far, and at the end, for the errors; between, scores tell how it changes.
 */
export interface Reached {
  readonly point: Point
  readonly deviance: number
}

export interface Optimum extends Reached {
  /** L of Z'WZ = LL' there. */
  readonly root: readonly Float64Array[]
  readonly rounds: number
  readonly pearson: number
}

/** Within 1e-10 of a standard error. */
const enough = 1e-10
export const mostHalvings = 10
/** Estimates at which Z'WZ is asked for, from the first one; and from which round on again, so that there is an end. */
const newtonRounds = 3
const lateRound = 14
/** A round that comes no nearer than this asks for it again. */
const slow = 0.25

/** So many numbers are opened of a study of so many coefficients at most: in each round Z'WZ, and each time every halving. */
export function mostOpened(coefficients: number): number {
  const matrix = (coefficients * (coefficients + 1)) / 2
  const [records, design, criteria] = [1, matrix + 1, 2]
  const deviances = 2 * (1 + (mostRounds - 1) * (mostHalvings + 1))
  const steps = (mostRounds - 1) * (matrix + coefficients + 1)
  return records + design + (matrix + coefficients) + deviances + steps + criteria
}

/** Weights and residuals at R's first means, which are next to the outcomes. Throws `study/fit`. */
export function firstWorking(round: Round) {
  const { family, link, outcomes } = round
  const means = outcomes.map((y) => family.start(y, 1))
  const etas = means.map(link.predictor)
  if (!means.every(family.holds) || !etas.every(link.holds)) failStats('study/fit', 'outcomesBeyond')
  return { etas, ...workingAt({ etas, means }, round) }
}

/** The first estimate, from R's means, and Z'WZ there. Throws `study/fit`. */
export async function started(shared: Shared) {
  const { etas, weights, residuals } = firstWorking(shared.round)
  const values = residuals.map((rest, i) => rest + (etas[i] as number))
  const { score, information } = await openScore(shared, 'start', { weights, values }, true)
  const root = rootOfMatrix(information as Matrix, 0)
  return { gamma: backward(root, forward(root, score)), information: information as Matrix }
}

/** An estimate whose deviance is not above the one before: halfway back to that as often as it takes. */
async function reached(shared: Shared, gamma: Float64Array, from: Reached | null): Promise<Reached> {
  let next = gamma
  for (let halvings = 0; halvings <= mostHalvings; halvings++) {
    const point = pointAt(next, shared.round)
    const isUsable = point.valid && Number.isFinite(point.deviance)
    if (isUsable) checkDeviance(point.deviance, shared.nullDeviance)
    const told = isUsable ? [real(point.deviance), 0n] : [0n, 1n]
    const [sum, unusable] = await shared.open('deviance', told)
    const deviance = unscaled(sum as bigint)
    const most = from === null ? Number.POSITIVE_INFINITY : from.deviance + 1e-9 * (from.deviance + 0.1)
    if (unusable === 0n && deviance <= most) return { point, deviance }
    if (from === null) break
    next = next.map((g, j) => (g + (from.point.gamma[j] as number)) / 2)
  }
  return failStats('study/fit', 'noStart')
}

/** To within what is enough, and a step more. No owner answers for more rounds than it may. Throws `study/fit`. */
export async function optimumOf(shared: Shared): Promise<Optimum> {
  const { round, isLinear } = shared
  const { gamma: first, information } = await started(shared)
  let at = await reached(shared, first, null)
  let last: { readonly gamma: Float64Array; readonly score: Float64Array; readonly matrix: Matrix } | null = null
  let [before, isSlow] = [Number.POSITIVE_INFINITY, false]
  for (let rounds = 2; rounds <= mostRounds; rounds++) {
    const { weights, residuals } = workingAt(at.point, round)
    const isCurved = !isLinear && (rounds <= newtonRounds + 1 || rounds >= lateRound || isSlow)
    const told = await openScore(shared, 'step', { weights, values: residuals }, isCurved)
    const { gamma } = at.point
    const matrix: Matrix =
      told.information ?? (isLinear || last === null ? information : learned(last, gamma, told.score))
    const root = rootOfMatrix(matrix, rounds)
    const away = lengthOf(forward(root, told.score))
    const isNear = away / Math.max(1 - away / before, 0.01) <= enough * unitOf(shared, at.deviance)
    const end = isNear ? await ended(shared, at, { score: told.score, root, isCurved }, before) : null
    if (end?.isOptimum) return { ...at, point: pointAt(end.gamma, round), root: end.root, rounds, pearson: end.pearson }
    const step = end?.gamma ?? sum(gamma, backward(root, forward(root, told.score)))
    last = { gamma, score: told.score, matrix: end?.information ?? matrix }
    isSlow = !isCurved && away > slow * before
    before = away
    at = await reached(shared, step, at)
  }
  return failStats('study/fit', 'noFiniteFit', { rounds: mostRounds })
}

/** Whether an estimate that seems near is so by its own Z'WZ, and the last step from there. */
async function ended(
  shared: Shared,
  { point, deviance }: Reached,
  near: { readonly score: Float64Array; readonly root: readonly Float64Array[]; readonly isCurved: boolean },
  before: number,
) {
  const { round, records, isLinear } = shared
  // Of equal weights Pearson's sum is the deviance.
  const told = isLinear ? { pearson: deviance, information: null } : await openEnd(shared, point, !near.isCurved)
  const root = told.information === null ? near.root : rootOfMatrix(told.information, 0)
  const away = lengthOf(forward(root, near.score))
  const unit = round.family.dispersed ? Math.sqrt(told.pearson / (records - round.z.length)) : 1
  return {
    ...told,
    root,
    gamma: sum(point.gamma, backward(root, forward(root, near.score))),
    isOptimum: away / Math.max(1 - away / before, 0.01) <= enough * unit,
  }
}

/** A standard error's unit before Pearson's sum is known: by the deviance, which is next to it. */
const unitOf = ({ round, records }: Shared, deviance: number): number =>
  round.family.dispersed ? Math.sqrt(deviance / (records - round.z.length)) : 1

const learned = (
  last: { readonly gamma: Float64Array; readonly score: Float64Array; readonly matrix: Matrix },
  gamma: Float64Array,
  score: Float64Array,
): Matrix =>
  updated(
    last.matrix,
    gamma.map((g, j) => g - (last.gamma[j] as number)),
    score.map((s, j) => (last.score[j] as number) - s),
  )

const sum = (a: Float64Array, b: Float64Array): Float64Array => a.map((x, j) => x + (b[j] as number))
