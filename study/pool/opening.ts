import { cholesky } from '../../stats/cholesky.ts'
import { fail as failStats } from '../../stats/faults.ts'
import { type Point, type Round, weightedSums, workingAt } from '../../stats/irls.ts'
import { informationOf } from '../../stats/rotation.ts'
import { Sum } from '../../stats/sums.ts'
import { checkWeights } from './checks.ts'
import { scaled, unscaled } from './numbers.ts'

/** What an owner answers of an estimate, and what is had of all: never for one that asks for a few of its records. */

/** Opens Σ over all owners of each number. */
export type Open = (what: string, values: readonly bigint[]) => Promise<readonly bigint[]>

export interface Shared {
  readonly records: number
  readonly round: Round
  readonly columns: readonly Float64Array[]
  /** This owner's deviance from the mean of all. */
  readonly nullDeviance: number
  /** Whether the weights are the same at each estimate, and Z'WZ with them. */
  readonly isLinear: boolean
  readonly open: Open
}

export type Matrix = readonly Float64Array[]

/** L of a matrix LL'. Throws `study/fit` where it has none. */
export const rootOfMatrix = (matrix: Matrix, rounds: number): Float64Array[] =>
  cholesky(matrix) ?? failStats('study/fit', 'noFiniteFit', { rounds })

export interface Weighed {
  readonly weights: Float64Array
  /** What the score is of: working residuals, or at R's first means the working response. */
  readonly values: Float64Array
}

/** Z'Wv of all owners, and Z'WZ where it is asked for. */
export async function openScore(
  { round, columns, open }: Shared,
  what: string,
  { weights, values }: Weighed,
  isCurved: boolean,
): Promise<{ readonly score: Float64Array; readonly information: Matrix | null }> {
  checkWeights(columns, weights)
  const cells = isCurved ? triangle(informationOf(weights, round.z)) : []
  const own = [...cells, ...weightedSums(round, weights, values)]
  const sums = await open(what, own.map(real))
  return {
    score: Float64Array.from(sums.slice(cells.length), unscaled),
    information: isCurved ? matrixOf(sums.slice(0, cells.length), round.z.length) : null,
  }
}

/** At the estimate at which it ends: Pearson's sum of all owners, and Z'WZ where it was not told there. */
export async function openEnd({ round, columns, open }: Shared, point: Point, isCurved: boolean) {
  const { weights, residuals } = workingAt(point, round)
  checkWeights(columns, weights)
  const pearson = new Sum()
  for (const [i, rest] of residuals.entries()) pearson.addProduct(weights[i] as number, rest * rest)
  const cells = isCurved ? triangle(informationOf(weights, round.z)) : []
  const sums = await open('end', [...cells, pearson.value[0]].map(real))
  return {
    pearson: unscaled(sums.at(-1) as bigint),
    information: isCurved ? matrixOf(sums.slice(0, -1), round.z.length) : null,
  }
}

export const real = (value: number): bigint => scaled([value, 0])

const matrixOf = (sums: readonly bigint[], size: number): Matrix =>
  square(sums, size).map((row) => Float64Array.from(row, unscaled))

export const triangle = <T>(matrix: readonly ArrayLike<T>[]): T[] =>
  matrix.flatMap((row, j) => Array.from({ length: j + 1 }, (_, k) => row[k] as T))

export function square(values: readonly bigint[], size: number): bigint[][] {
  const at = (j: number, k: number): bigint => values[(j * (j + 1)) / 2 + k] as bigint
  return Array.from({ length: size }, (_, j) =>
    Array.from({ length: size }, (_, k) => at(Math.max(j, k), Math.min(j, k))),
  )
}
