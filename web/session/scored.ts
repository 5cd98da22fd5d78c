import type { Progress } from '../../client/progress.ts'

/** The scores of a file, and nothing else of it. */
export interface Scores {
  /** scorable × heads linear predictors, in the file's order. */
  readonly predictors: Float64Array
  /** Each scored record's row in the file, from 1. */
  readonly rows: Uint32Array
  readonly progress: Progress
}

/** The predictors of some of the file's rows (numbers from 1), all of which were scored: rows × heads of them. */
export function predictorsOf(
  { rows: scored, predictors }: Scores,
  rows: readonly number[],
  heads: number,
): Float64Array {
  const found = new Float64Array(rows.length * heads)
  for (const [i, row] of rows.entries()) {
    const low = placeOf(scored, row)
    found.set(predictors.subarray(low * heads, (low + 1) * heads), i * heads)
  }
  return found
}

/** Whether a row was scored. */
export function rowIn(scored: Uint32Array, row: number): boolean {
  return scored[placeOf(scored, row)] === row
}

/** The place of the first scored row from that one on. Scored rows stand in the file's order. */
function placeOf(scored: Uint32Array, row: number): number {
  let [low, high] = [0, scored.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((scored[middle] as number) < row) low = middle + 1
    else high = middle
  }
  return low
}
