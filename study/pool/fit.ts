import { ln } from '../../core/number/elementary.ts'
import { forward } from '../../stats/cholesky.ts'
import { basisOf } from '../../stats/exactBasis.ts'
import { gramOf } from '../../stats/exactSums.ts'
import { type FamilyName, families } from '../../stats/families.ts'
import { fail as failStats } from '../../stats/faults.ts'
import type { Fit } from '../../stats/fit.ts'
import { devianceOf, type Point, type Round } from '../../stats/irls.ts'
import { type LinkName, links } from '../../stats/links.ts'
import { inColumns, rotated } from '../../stats/rotation.ts'
import type { Judged } from '../../stats/summary.ts'
import { Sum } from '../../stats/sums.ts'
import { checkShare, type OwnRows } from './checks.ts'
import { optimumOf } from './iterate.ts'
import { scaled, unscaled } from './numbers.ts'
import { type Open, type Shared, square, triangle } from './opening.ts'

/**
 * Reweighted least squares over the rows of all owners, of which each has its own and the sums of all. Every owner computes
 * the next estimate itself, by operations that are the same in every engine, and looks at it before it answers: the deviance
 * first, and the rest only where that has fallen.
 */
export interface Pooled {
  readonly fit: Fit
  readonly judged: Judged
  /** Of this owner's rows. */
  readonly means: Float64Array
}

export interface Kind {
  readonly family: FamilyName
  readonly link: LinkName
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
  const shared: Shared = { records, round, columns, nullDeviance, isLinear: isLinear(kind), open }
  const { point, root, rounds, pearson, deviance } = await optimumOf(shared)
  const rank = basis.kept.length
  const freedom = records - rank
  const largest = point.etas.reduce((most, eta) => Math.max(most, Math.abs(eta)), 0)
  const coefficients = inColumns(point, basis, columns.length, (row) => forward(root, row))
  return {
    means: point.means,
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

/** Whether weights are the same at each estimate. */
export const isLinear = ({ family, link }: Kind): boolean => family === 'gaussian' && link === 'identity'

const total = (values: Float64Array): bigint => {
  const sum = new Sum()
  for (const value of values) sum.add(value)
  return scaled(sum.value)
}

/** These rows, in a basis of their columns. */
export function roundOf({ family, link }: Kind, { outcomes }: OwnRows, z: readonly Float64Array[]): Round {
  return {
    family: families[family],
    link: links[link],
    z,
    outcomes,
    weights: new Float64Array(outcomes.length).fill(1),
    offset: new Float64Array(outcomes.length),
  }
}

/** The null deviance and Akaike's criterion, whose parts add up where each owner's deviance is its share of that of all. */
async function criteria(
  kind: Kind,
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
  return {
    nullDeviance: unscaled(sum as bigint),
    aic,
    extractAic: isLinear(kind) ? records * ln(deviance / records) + 2 * rank : aic,
  }
}
