import { forward } from '../../stats/cholesky.ts'
import { basisOf } from '../../stats/exactBasis.ts'
import { gramOf } from '../../stats/exactSums.ts'
import { rootOf, rotated } from '../../stats/rotation.ts'
import type { Design, DesignInput } from '../design.ts'
import { fail } from '../faults.ts'
import { checkCells, checkOutcomes, isLevel } from '../limits.ts'

/**
 * What an owner checks of its own rows before it says its first word, and of each estimate before it answers for it. Sums of
 * all can only show less of a record than the sums of its owner do: A of all is at least A of one.
 */
export interface OwnRows {
  /** The design's columns with that of ones before them. */
  readonly columns: readonly Float64Array[]
  /** In their own unit. */
  readonly outcomes: Float64Array
}

/** Rounds that an owner answers at most. */
export const mostRounds = 15
const leastInCell = 5
const mostLeverage = 0.5
const leastShare = 0.2
const mostDeviance = 3
/** A design of so few distinct records is told in full by its sums. */
const mostPatterns = 1e6

/** Records that an owner, and all others beside it, need: ten for each coefficient, and as many as rounds have equations. */
export const leastRecords = (columns: number): number => Math.max(20, 10 * columns, mostRounds * (columns + 3))

/** Throws `study/records`, `study/cells`, `study/patterns`, `study/leverage`. `isEvent`: outcomes are 0 or 1. */
export function checkOwn(design: Design, { columns, outcomes }: OwnRows, isEvent: boolean): void {
  const least = leastRecords(columns.length)
  if (outcomes.length < least) fail('study/records', 'studyRecords', { records: outcomes.length, least })
  const { inputs } = design
  const own = columns.slice(1)
  checkCells(
    own,
    inputs.map(({ name }) => name),
  )
  checkLevels(inputs, own)
  if (isEvent) checkOutcomes(inputs, own, outcomes)
  checkPatterns(inputs, own)
  const shown = leverages(columns, new Float64Array(outcomes.length).fill(1))
  checkLeverages(shown)
}

/** Levels and pairs of them that are there are there five times. */
function checkLevels(inputs: readonly DesignInput[], columns: readonly Float64Array[]): void {
  const of = inputs.flatMap((input, j) => (isLevel(input) ? [{ input, column: columns[j] as Float64Array }] : []))
  for (const [j, { input, column }] of of.entries()) {
    for (const { column: other } of of.slice(0, j + 1)) {
      const both = column.reduce((count, x, i) => count + (x > 0 && (other[i] as number) > 0 ? 1 : 0), 0)
      if (both > 0 && both < leastInCell) fail('study/cells', 'poolLevels', { column: input.name, least: leastInCell })
    }
  }
}

/** How many distinct records are possible, where these are so few that sums tell the table of all of them; else null. */
export function patternsTold(inputs: readonly DesignInput[]): number | null {
  const levels = new Map<string, number>()
  for (const { term, level, max, unit } of inputs) {
    levels.set(term, level === undefined ? max / unit + 1 : (levels.get(term) ?? 1) + 1)
  }
  const grid = [...levels.values()].reduce((product, count) => product * count, 1)
  return grid > mostPatterns ? null : grid
}

function checkPatterns(inputs: readonly DesignInput[], columns: readonly Float64Array[]): void {
  if (patternsTold(inputs) === null) return
  const counts = new Map<string, number>()
  for (let i = 0; i < (columns[0]?.length ?? 0); i++) {
    const pattern = columns.map((column) => column[i]).join()
    counts.set(pattern, (counts.get(pattern) ?? 0) + 1)
  }
  if (Math.min(...counts.values()) < leastInCell) fail('study/patterns', 'poolPatterns', { least: leastInCell })
}

/** h_i = w_i x_i'(X'WX)⁻¹x_i of this owner's rows. */
function leverages(columns: readonly Float64Array[], weights: Float64Array): Float64Array {
  const z = rotated(columns, basisOf(gramOf(columns), weights.length))
  const root = rootOf(weights, z, 0)
  return weights.map((w, i) => {
    const solved = forward(
      root,
      Float64Array.from(z, (column) => column[i] as number),
    )
    return w * solved.reduce((sum, x) => sum + x * x, 0)
  })
}

function checkLeverages(shown: Float64Array): void {
  const records = [...shown].flatMap((h, i) => (h > mostLeverage ? [i + 1] : []))
  if (records.length > 0) {
    fail('study/leverage', 'poolLeverage', { count: records.length, records: records.slice(0, 5) })
  }
}

/**
 * Whether an estimate asks for all of an owner's records alike. Throws `study/steered`: weights that vanish for all but a few
 * would make sums that are those few.
 */
export function checkWeights(columns: readonly Float64Array[], weights: Float64Array): void {
  const sum = weights.reduce((total, w) => total + w, 0)
  const squares = weights.reduce((total, w) => total + w * w, 0)
  if (!((sum * sum) / squares >= leastShare * weights.length)) fail('study/steered', 'poolSteered')
  if (leverages(columns, weights).some((h) => !(h <= mostLeverage))) fail('study/steered', 'poolSteered')
}

/** The same of an owner's deviance, beside the one of the mean of all. Throws `study/steered`. */
export function checkDeviance(deviance: number, ofMean: number): void {
  if (!(deviance <= mostDeviance * ofMean)) fail('study/steered', 'poolSteered')
}

/** Throws `study/share` where sums of all would be those of one owner. */
export function checkShare(own: number, all: number, columns: number): void {
  if (own > 0.8 * all || all - own < leastRecords(columns)) fail('study/share', 'poolShare')
}
