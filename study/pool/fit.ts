import { ln } from '../../core/number/elementary.ts'
import { backward, cholesky, forward } from '../../stats/cholesky.ts'
import { basisOf } from '../../stats/exactBasis.ts'
import { gramOf } from '../../stats/exactSums.ts'
import { type FamilyName, families } from '../../stats/families.ts'
import { fail as failStats } from '../../stats/faults.ts'
import type { Fit } from '../../stats/fit.ts'
import { devianceOf, type Point, pointAt, type Round, weightedSums, workingAt } from '../../stats/irls.ts'
import { type LinkName, links } from '../../stats/links.ts'
import { inColumns, informationOf, rotated } from '../../stats/rotation.ts'
import type { Judged } from '../../stats/summary.ts'
import { lengthOf, Sum } from '../../stats/sums.ts'
import { checkDeviance, checkShare, checkWeights, mostRounds, type OwnRows } from './checks.ts'
import { scaled, unscaled } from './numbers.ts'

/**
 * Reweighted least squares over the rows of all owners, of which each has its own and the sums of all. Every owner computes
 * the next estimate itself, by operations that are the same in every engine, and looks at it before it answers: the deviance
 * first, and the rest only where that has fallen.
 */
export interface Pooled {
  readonly fit: Fit
  readonly judged: Judged
}

/** Opens Σ over all owners of each number. */
export type Open = (what: string, values: readonly bigint[]) => Promise<readonly bigint[]>

interface Kind {
  readonly family: FamilyName
  readonly link: LinkName
}

interface Shared {
  readonly records: number
  readonly round: Round
  readonly columns: readonly Float64Array[]
  /** This owner's deviance from the mean of all. */
  readonly nullDeviance: number
  readonly open: Open
}

/** Within 1e-10 of a standard error. */
const enough = 1e-10
const mostHalvings = 10

/** So many numbers are opened of a study of so many coefficients at most: all rounds, each with every halving. */
export function mostOpened(coefficients: number): number {
  const cells = (coefficients * (coefficients + 1)) / 2
  const weighted = cells + coefficients + 1
  const deviances = 2 * (1 + (mostRounds - 1) * (mostHalvings + 1))
  return 1 + cells + 1 + weighted + (mostRounds - 1) * weighted + deviances + 2
}

/** Throws `study/fit` where there is no finite estimate, and `study/steered` and `study/share` before a word too many is said. */
export async function fitPooled(kind: Kind, own: OwnRows, open: Open): Promise<Pooled> {
  const { columns, outcomes } = own
  const [records] = (await open('records', [BigInt(outcomes.length)])).map(Number) as [number]
  checkShare(outcomes.length, records, columns.length)
  const sums = await open('design', [...triangle(gramOf(columns)), total(outcomes)])
  const gram = square(sums.slice(0, -1), columns.length)
  const basis = basisOf(gram, records)
  if (records <= basis.kept.length) failStats('study/fit', 'noFreedom', { records, columns: basis.kept.length })
  const round = roundOf(kind, own, rotated(columns, basis))
  const nullMeans = new Float64Array(outcomes.length).fill(unscaled(sums.at(-1) as bigint) / records)
  const nullDeviance = devianceOf(round, nullMeans)
  const shared: Shared = { records, round, columns, nullDeviance, open }
  const { point, root, rounds, pearson, deviance } = await iterate(shared, await started(shared))
  const rank = basis.kept.length
  const freedom = records - rank
  const largest = point.etas.reduce((most, eta) => Math.max(most, Math.abs(eta)), 0)
  const coefficients = inColumns(point.gamma, basis, columns.length, (row) => forward(root, row))
  return {
    fit: { records, kept: basis.kept, ...coefficients, rounds, largest },
    judged: {
      dispersion: round.family.dispersed ? pearson / freedom : 1,
      deviance,
      freedom,
      nullFreedom: records - 1,
      ...(await criteria(kind, shared, point, deviance, rank)),
    },
  }
}

const total = (values: Float64Array): bigint => {
  const sum = new Sum()
  for (const value of values) sum.add(value)
  return scaled(sum.value)
}

const triangle = <T>(matrix: readonly ArrayLike<T>[]): T[] =>
  matrix.flatMap((row, j) => Array.from({ length: j + 1 }, (_, k) => row[k] as T))

function square(values: readonly bigint[], size: number): bigint[][] {
  const at = (j: number, k: number): bigint => values[(j * (j + 1)) / 2 + k] as bigint
  return Array.from({ length: size }, (_, j) =>
    Array.from({ length: size }, (_, k) => at(Math.max(j, k), Math.min(j, k))),
  )
}

function roundOf({ family, link }: Kind, { outcomes }: OwnRows, z: readonly Float64Array[]): Round {
  return {
    family: families[family],
    link: links[link],
    z,
    outcomes,
    weights: new Float64Array(outcomes.length).fill(1),
    offset: new Float64Array(outcomes.length),
  }
}

/** Z'WZ and Z'Wv of all owners, and one number more. */
async function opened(
  { round, columns, open }: Shared,
  what: string,
  { weights, values, more }: { readonly weights: Float64Array; readonly values: Float64Array; readonly more: number },
) {
  checkWeights(columns, weights)
  const own = [...triangle(informationOf(weights, round.z)), ...weightedSums(round, weights, values), more]
  const sums = await open(
    what,
    own.map((value) => scaled([value, 0])),
  )
  const size = round.z.length
  const cells = (size * (size + 1)) / 2
  const information = square(sums.slice(0, cells), size).map((row) => Float64Array.from(row, unscaled))
  const root = cholesky(information) ?? failStats('study/fit', 'noFiniteFit', { rounds: 0 })
  return { root, score: Float64Array.from(sums.slice(cells, -1), unscaled), more: unscaled(sums.at(-1) as bigint) }
}

/** The first estimate, from R's means. */
async function started(shared: Shared): Promise<Float64Array> {
  const { round } = shared
  const { family, link, outcomes } = round
  const means = outcomes.map((y) => family.start(y, 1))
  const etas = means.map(link.predictor)
  if (!means.every(family.holds) || !etas.every(link.holds)) failStats('study/fit', 'outcomesBeyond')
  const { weights, residuals } = workingAt({ etas, means }, round)
  const values = residuals.map((rest, i) => rest + (etas[i] as number))
  const { root, score } = await opened(shared, 'start', { weights, values, more: 0 })
  return backward(root, forward(root, score))
}

interface Reached {
  readonly point: Point
  readonly deviance: number
}

/** An estimate whose deviance is not above the one before: halfway back to that as often as it takes. */
async function reached(shared: Shared, gamma: Float64Array, from: Reached | null): Promise<Reached> {
  let next = gamma
  for (let halvings = 0; halvings <= mostHalvings; halvings++) {
    const point = pointAt(next, shared.round)
    const isUsable = point.valid && Number.isFinite(point.deviance)
    if (isUsable) checkDeviance(point.deviance, shared.nullDeviance)
    const told = isUsable ? [scaled([point.deviance, 0]), 0n] : [0n, 1n]
    const [sum, unusable] = await shared.open('deviance', told)
    const deviance = unscaled(sum as bigint)
    const most = from === null ? Number.POSITIVE_INFINITY : from.deviance + 1e-9 * (from.deviance + 0.1)
    if (unusable === 0n && deviance <= most) return { point, deviance }
    if (from === null) break
    next = next.map((g, j) => (g + (from.point.gamma[j] as number)) / 2)
  }
  return failStats('study/fit', 'noStart')
}

/** To within what is enough, and a step more. No owner answers for more rounds than it may. */
async function iterate(shared: Shared, first: Float64Array) {
  const { round, records } = shared
  let at = await reached(shared, first, null)
  let before = Number.POSITIVE_INFINITY
  for (let rounds = 2; rounds <= mostRounds; rounds++) {
    const { weights, residuals } = workingAt(at.point, round)
    const own = new Sum()
    for (const [i, rest] of residuals.entries()) own.addProduct(weights[i] as number, rest * rest)
    const { root, score, more } = await opened(shared, 'step', { weights, values: residuals, more: own.value[0] })
    const away = lengthOf(forward(root, score))
    const unit = round.family.dispersed ? Math.sqrt(more / (records - round.z.length)) : 1
    const left = away / Math.max(1 - away / before, 0.01)
    const step = backward(root, forward(root, score))
    const gamma = at.point.gamma.map((g, j) => g + (step[j] as number))
    if (left <= enough * unit) return { ...at, point: pointAt(gamma, round), root, rounds, pearson: more }
    before = away
    at = await reached(shared, gamma, at)
  }
  return failStats('study/fit', 'noFiniteFit', { rounds: mostRounds })
}

/** The null deviance and Akaike's criterion, whose parts add up where each owner's deviance is its share of that of all. */
async function criteria(
  { family: name, link }: Kind,
  { round, records, nullDeviance, open }: Shared,
  { means }: Point,
  deviance: number,
  rank: number,
): Promise<Pick<Judged, 'nullDeviance' | 'aic' | 'extractAic'>> {
  const { outcomes, weights, family } = round
  const own = family.aic(outcomes, means, weights, (deviance * outcomes.length) / records)
  const constant = family.dispersed ? 2 : 0
  const [sum, parts] = await open('criteria', [
    scaled([nullDeviance, 0]),
    scaled([own === null ? 0 : own - constant, 0]),
  ])
  const aic = own === null ? null : unscaled(parts as bigint) + constant + 2 * rank
  const isLinear = name === 'gaussian' && link === 'identity'
  return {
    nullDeviance: unscaled(sum as bigint),
    aic,
    extractAic: isLinear ? records * ln(deviance / records) + 2 * rank : aic,
  }
}
