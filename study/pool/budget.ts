import { fail } from '../faults.ts'
import type { Open } from './opening.ts'

/**
 * How many sums of the same rows may be opened, over all studies of them: each is an equation in the rows, and a quarter as many of
 * them as there are cells is far from telling these.
 */
const cellsOfNumber = 4

export const mostNumbers = (records: number, columns: number): number => Math.floor((records * columns) / cellsOfNumber)

/** What a study of so many columns opens as a rule; below that it is not begun. `isLinear`: of equal weights. */
export function usualNumbers(columns: number, isLinear: boolean): number {
  const matrix = (columns * (columns + 1)) / 2
  // n, X'X with Σy, Z'WZ with the score at R's means; steps with their deviances; what it ends with.
  const begin = 1 + (matrix + 1) + (matrix + columns)
  const end = 2
  return isLinear
    ? begin + 2 + columns + end
    : begin + 3 * (matrix + columns + 2) + 5 * (columns + 2) + matrix + 1 + end
}

/** Opens sums as long as they are within the bound. Throws `study/numbers` before the first one beyond it is asked for. */
export function counted(open: Open, most: number): { readonly open: Open; readonly opened: () => number } {
  let opened = 0
  return {
    opened: () => opened,
    open: (what, values) => {
      if (opened + values.length > most) fail('study/numbers', 'poolNumbers', { most })
      opened += values.length
      return open(what, values)
    },
  }
}
