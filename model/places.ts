import { stepNoise } from '../core/card/steps.ts'
import { log10 } from '../core/number/elementary.ts'
import { fail } from './faults.ts'
import type { ModelColumn } from './modelFile.ts'
import type { Range } from './range.ts'
import { declaredPlaces, endPlaces, finestPlaces, mostPlaces } from './steps.ts'
import type { ColumnWeights } from './weights.ts'

/** The steps that the server chooses where the vendor declares none, and what rounding to them costs. */

/**
 * The decimal places of each number's step. Declared steps stand. The others are chosen from the ranges alone, at
 * one relative resolution for the whole model, so that a published step says nothing of a single weight. The ends of
 * a range are steps too, unless they are written finer than a millionth of its width: such an end moves outward to
 * the next step, or else a range measured from data, with all the digits of a double, would fill the slot.
 */
export function choosePlaces(
  columns: readonly ModelColumn[],
  ranges: readonly Range[],
  weights: readonly ColumnWeights[],
  seen: ReadonlySet<number>,
  tolerance: number,
): number[] {
  const fixed = columns.map((column, i) => {
    if (column.type === 'category') return 0
    const { min, max, from, places } = ranges[i] as Range
    return (
      declaredPlaces(column) ??
      (from === 'default' || from === 'any' ? places : min === max ? endPlaces(min, max) : null)
    )
  })
  const free = columns.map((_, i) => {
    if (fixed[i] !== null) return null
    const { min, max } = ranges[i] as Range
    const ends = endPlaces(min, max)
    const finest = Math.max(ends, finestPlaces(min, max))
    return { ends, finest, digits: Math.ceil(log10(max - min)) }
  })
  const chosen = columns.flatMap((_, i) => (free[i] !== null && seen.has(i) ? [i] : []))
  // The rest of the tolerance is the scale's, and that of the columns with a default range.
  const share = ranges.some(({ from }) => from === 'default') ? 4 : 2
  for (let resolution = 2; ; resolution++) {
    const places = columns.map((_, i) => {
      const own = free[i]
      return own ? Math.max(Math.min(resolution - own.digits, own.finest), -mostPlaces, own.ends) : (fixed[i] as number)
    })
    const errorOf = (head: ColumnWeights, i: number): number =>
      roundingError(columns[i] as ModelColumn, ranges[i] as Range, head.get(i)?.value ?? 0, places[i] as number)
    const error = weights.map((head) => chosen.reduce((sum, i) => sum + errorOf(head, i), 0))
    if (Math.max(...error) <= tolerance / share) return places
    if (chosen.every((i) => (places[i] as number) >= (free[i]?.finest ?? 0))) {
      const shares = chosen.map((i) => Math.max(...weights.map((head) => errorOf(head, i))))
      const worst = chosen[shares.indexOf(Math.max(...shares))] ?? 0
      fail('model/budget', 'stepTooFine', { exponent: -(places[worst] as number), column: columns[worst]?.name ?? '' })
    }
  }
}

/** Whether a column's values are rounded to a step that the server chose. */
export function roundsInside(column: ModelColumn): boolean {
  return column.type === 'number' && column.step === undefined
}

/** Operations that count: their values are whole numbers, exactly, as far as doubles go. */
const counts: ReadonlySet<string> = new Set(['countTerm', 'days', 'length', 'matches'])

function isCount(column: ModelColumn): boolean {
  if (!('expression' in column) || typeof column.expression === 'number') return false
  return 'op' in column.expression && counts.has(column.expression.op)
}

/**
 * The most that one column's rounding moves a predictor. A cell's decimal is rounded exactly: half a step, or nothing
 * where the step is declared. A derived value is a double: finding its step multiplies it by a power of ten, which
 * moves it by at most 2^-53 of at most 2^50 steps, an eighth of one. Where the step is declared, what `stepNoise` lets
 * pass comes on top of that.
 */
export function roundingError(column: ModelColumn, { min, max }: Range, weight: number, places: number): number {
  const half = roundsInside(column)
  if (places === 0 && !half && isCount(column)) return 0
  const steps = Math.max(Math.abs(min), Math.abs(max)) * Number(`1e${places}`) + 1
  const most = 'expression' in column ? (half ? 0.625 : stepNoise(steps) + steps * 2 ** -52) : half ? 0.5 : 0
  return Math.abs(weight) * Number(`1e${-places}`) * most
}
