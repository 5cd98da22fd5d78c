import { ln } from '../core/number/elementary.ts'
import { forward } from './cholesky.ts'
import { basisOf } from './exactBasis.ts'
import { gramOf } from './exactSums.ts'
import { type FamilyName, families } from './families.ts'
import { fail } from './faults.ts'
import type { Fit } from './fit.ts'
import {
  devianceOf,
  type Found,
  iterate,
  optimumFrom,
  type Point,
  pearson,
  pointAt,
  type Round,
  type Stopping,
  weightedMean,
} from './irls.ts'
import { epsilon, type LinkName, links } from './links.ts'
import { inColumns, predictorsOf, rootByColumns, rotated } from './rotation.ts'

/**
 * Fits a generalised linear model of outcomes that are here, with any of its links, prior weights and an offset, by
 * iteratively reweighted least squares (Nelder and Wedderburn 1972): from R's first means, with its rules of where a step is
 * halved, what is a warning, and what counts as a record.
 */
export interface GlmProblem {
  readonly family: FamilyName
  readonly link: LinkName
  /** The design: columns of integers in [0, 2^53), as long as there are records; the first one is all ones. */
  readonly columns: readonly Float64Array[]
  /** In their own unit; for a binomial shares of `weights` trials. */
  readonly outcomes: Float64Array
  /** Prior weights, from 0 on; a record with none counts for nothing. */
  readonly weights?: Float64Array | undefined
  readonly offset?: Float64Array | undefined
  /**
   * Where the first step begins: at R's means of the outcomes where none is said, or at the offset, with coefficients of 0
   * (R's `start`), as far as that has means.
   */
  readonly begin?: 'offset' | undefined
}

/** What R warns of, and what a step met. */
export type GlmWarning =
  /** The deviance still changed in the last round. */
  | 'notConverged'
  /** Steps had to be shortened to the last, since a whole one has no means. */
  | 'boundary'
  /** Fitted probabilities, or rates, that are 0 or 1 to a double's last bits. */
  | 'extremeProbabilities'
  | 'zeroRates'
  /** Nothing is left of the outcomes: errors are 0, and nothing can be tested. */
  | 'perfect'

export interface GlmFit extends Fit {
  /** Records with a weight, less columns with a coefficient. */
  readonly freedom: number
  readonly nullFreedom: number
  readonly deviance: number
  /** Null where the model without columns has no optimum. */
  readonly nullDeviance: number | null
  /** 1 where the family has none; null where nothing is left to estimate it from. */
  readonly dispersion: number | null
  /** As R's `summary` of a `glm` has it, and as its `step` counts. */
  readonly aic: number | null
  readonly extractAic: number | null
  readonly warnings: readonly GlmWarning[]
}

/** Throws `study/fit` where there is no finite estimate. */
export function fitGlm(problem: GlmProblem, stopping: Stopping = 'optimum'): GlmFit {
  const used = weighted(problem)
  const { columns, outcomes } = used
  const records = outcomes.length
  const basis = basisOf(gramOf(columns), records)
  const rank = basis.kept.length
  if (records < rank || records === 0) fail('study/fit', 'noFreedom', { records, columns: rank })
  const exact = cancels(problem) ? predictorsOf(columns, basis) : undefined
  const round: Round = { ...used, z: rotated(columns, basis), exact }
  const first = firstMeans(problem.family, used, stopping)
  const offset = problem.begin === 'offset' ? pointAt(new Float64Array(rank), round) : null
  const begin = offset?.valid ? offset : first
  const found =
    stopping === 'optimum' && begin instanceof Float64Array
      ? optimumFrom(begin, round)
      : iterate(round, begin, stopping)
  const { point, boundary, converged, rounds } = found
  const root = rootByColumns(found.weights, round.z)
  const freedom = records - rank
  const dispersion = dispersionOf(found, round)
  const nullDeviance = nullDevianceOf(round, point.means, stopping)
  return {
    records: problem.outcomes.length,
    kept: basis.kept,
    ...inColumns(point, basis, columns.length, (row) => forward(root, row)),
    rounds,
    largest: point.etas.reduce((most, eta) => Math.max(most, Math.abs(eta)), 0),
    freedom,
    nullFreedom: records - 1,
    deviance: point.deviance,
    nullDeviance,
    dispersion,
    ...criteria(problem, used, point, rank),
    warnings: [
      ...(converged ? [] : ['notConverged' as const]),
      ...(boundary ? ['boundary' as const] : []),
      ...extremes(problem.family, point.means),
    ],
  }
}

/** Whether means are as near to an end as predictors are to 0, and count by that. */
const cancels = ({ family, link }: GlmProblem): boolean =>
  ['inverse', '1/mu^2', 'sqrt'].includes(link) ||
  (link === 'identity' && family !== 'gaussian' && family !== 'quasi(constant)')

type Used = Omit<Round, 'z'> & { readonly columns: readonly Float64Array[] }

/** Records that have a weight. */
export function weighted({ family, link, columns, outcomes, weights, offset }: GlmProblem): Used {
  const counts = (_: number, i: number): boolean => weights === undefined || (weights[i] as number) > 0
  const only = (values: Float64Array): Float64Array => (weights === undefined ? values : values.filter(counts))
  const y = only(outcomes)
  return {
    family: families[family],
    link: links[link],
    columns: columns.map(only),
    outcomes: y,
    weights: weights === undefined ? new Float64Array(y.length).fill(1) : only(weights),
    offset: offset === undefined ? new Float64Array(y.length) : only(offset),
  }
}

/** 1 where the family has none; null where nothing is left to estimate it from. */
export function dispersionOf(found: Found, round: Round): number | null {
  const freedom = round.outcomes.length - round.z.length
  return !round.family.dispersed ? 1 : freedom > 0 ? pearson(found, round) / freedom : null
}

/** Of the offset as it is, before anything is fitted. */
export function devianceAtOffset(problem: GlmProblem): number {
  const used = weighted(problem)
  return devianceOf({ ...used, z: [] }, used.offset.map(used.link.mean))
}

/**
 * Whose first means a fit begins with. R's `quasi` begins so near outcomes of 0 and 1 that its first step may lead to where no
 * mean differs from them; the optimum does not depend on it.
 */
const startOf = (family: FamilyName, stopping: Stopping): FamilyName =>
  stopping === 'optimum' && family === 'quasi(mu(1-mu))' ? 'quasibinomial' : family

/** Throws `study/fit` for outcomes that the family does not take. */
export function firstMeans(family: FamilyName, { outcomes, weights, ...used }: Used, stopping: Stopping): Float64Array {
  const { start } = families[startOf(family, stopping)]
  const means = Float64Array.from(outcomes, (y, i) => start(y, weights[i] as number))
  if (!means.every(used.family.holds) || !means.every((mean) => used.link.holds(used.link.predictor(mean)))) {
    fail('study/fit', 'outcomesBeyond')
  }
  return means
}

/**
 * Of the model that has an intercept and the offset: a mean, or with an offset a fit of its own, begun where R begins it; null
 * where that has no optimum, or R's own steps do not come to one.
 */
function nullDevianceOf(round: Round, fitted: Float64Array, stopping: Stopping): number | null {
  const { outcomes, offset } = round
  if (offset.some((o) => o !== 0)) {
    const ones = new Float64Array(outcomes.length).fill(1)
    try {
      const alone = { ...round, z: [ones], exact: undefined }
      const { point, converged } = iterate(alone, fitted, 'r')
      if (stopping === 'r') return point.deviance
      return converged ? iterate(alone, fitted, stopping).point.deviance : null
    } catch {
      return null
    }
  }
  return devianceOf(round, new Float64Array(outcomes.length).fill(weightedMean(round)))
}

function criteria(
  { family: name, link, outcomes, weights }: GlmProblem,
  used: Used,
  { means, deviance }: Point,
  rank: number,
): Pick<GlmFit, 'aic' | 'extractAic'> {
  // A gaussian's has the logarithms of all weights in it, so that one of 0 leaves none.
  const none = name === 'gaussian' && used.outcomes.length < outcomes.length
  const without = none ? null : used.family.aic(used.outcomes, means, used.weights, deviance)
  const aic = without === null ? null : without + 2 * rank
  if (name !== 'gaussian' || link !== 'identity') return { aic, extractAic: aic }
  // R's `extractAIC` of an `lm` counts all records, and those without a weight as parameters.
  const n = outcomes.length
  const zeros = weights === undefined ? 0 : n - used.outcomes.length
  return { aic, extractAic: deviance === 0 ? null : n * ln(deviance / n) + 2 * (rank + zeros) }
}

/** R's warnings of means that are at the end of what there is. */
function extremes(family: FamilyName, means: Float64Array): GlmWarning[] {
  const near = 10 * epsilon
  if (family === 'binomial' && means.some((mean) => mean < near || mean > 1 - near)) return ['extremeProbabilities']
  if (family === 'poisson' && means.some((mean) => mean < near)) return ['zeroRates']
  return []
}
