import type { Scores } from './scoreFile.ts'

/** The predictors of some of the file's rows (numbers from 1), all of which were scored: rows × heads of them. */
export function predictorsOf(
  { rows: scored, predictors }: Scores,
  rows: readonly number[],
  heads: number,
): Float64Array {
  const found = new Float64Array(rows.length * heads)
  for (const [i, row] of rows.entries()) {
    // Scored rows stand in the file's order.
    let [low, high] = [0, scored.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((scored[middle] as number) < row) low = middle + 1
      else high = middle
    }
    found.set(predictors.subarray(low * heads, (low + 1) * heads), i * heads)
  }
  return found
}
