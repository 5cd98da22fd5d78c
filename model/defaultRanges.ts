import { log10 } from '../core/number/elementary.ts'
import { type Interval, rangeOf } from './interval.ts'
import type { ModelColumn } from './modelFile.ts'
import type { Range } from './range.ts'
import { declaredPlaces } from './steps.ts'
import type { ColumnWeights } from './weights.ts'

/**
 * The ranges of columns for which nobody states one and nothing proves one: as wide as their steps may be many.
 *
 * Such columns share their steps in groups: features and what grows as they do; and what grows like their squares, their
 * cubes, and so on, whose weights are smaller by as much as the values are larger. A group's step is fine enough for all
 * of its weights together. It costs room, and it says how large those weights are, to a power of ten: stated ranges do
 * neither.
 */

/** What is promised of the predictors, and by how many digits default ranges are narrowed so that the model fits. */
export interface Wanted {
  readonly most: number
  readonly stated: boolean
  readonly narrowed: number
}

/** A default range has a step between 10^-15, where it is ±4, and 10^15. */
export const mostDefault = 15

/** At a step of 10^-9 the default range is ±4·10^6, a derived column's ±5·10^5. */
const mostDefaultPlaces = 9

/** The default ranges of the columns `missing`; `known` are the intervals of the others. */
export function defaultRanges(
  columns: readonly ModelColumn[],
  missing: readonly number[],
  weights: readonly ColumnWeights[],
  known: ReadonlyMap<string, Interval>,
  { most, stated, narrowed }: Wanted,
): { readonly ranges: ReadonlyMap<number, Range>; readonly tolerance: number } {
  const degrees = degreesOf(columns, known)
  const groups = [...new Set(missing.map((c) => degrees.get(c) ?? 1))]
  const wanted = new Map(
    groups.map((degree) => {
      const members = missing.filter((c) => (degrees.get(c) ?? 1) === degree)
      return [degree, groupPlaces(members, weights, most / groups.length)]
    }),
  )
  // Where the file states no tolerance, better a little less of it than a range that is too narrow for people's data.
  const finest = mostDefaultPlaces - narrowed
  const loosen = stated ? 0 : Math.max(0, ...[...wanted.values()].map((places) => places - finest))
  const ranges = missing.map((c): [number, Range] => {
    const places = Math.max(-mostDefault, (wanted.get(degrees.get(c) ?? 1) as number) - loosen)
    return [c, defaultRange(columns[c] as ModelColumn, places, narrowed)]
  })
  return {
    ranges: new Map(ranges),
    tolerance: loosen === 0 ? most : Number(`1e${Math.round(log10(most)) + loosen}`),
  }
}

/** The step at which rounding these columns, at most 0.625 of a step each, takes a quarter of the tolerance. */
function groupPlaces(members: readonly number[], weights: readonly ColumnWeights[], tolerance: number): number {
  const sums = weights.map((head) => members.reduce((sum, c) => sum + Math.abs(head.get(c)?.value ?? 0), 0))
  const largest = Math.max(0, ...sums)
  return largest === 0
    ? 0
    : Math.min(mostDefault, Math.max(-mostDefault, Math.ceil(log10((largest * 0.625 * 4) / tolerance))))
}

/** Just below 2^53 steps of a cell's decimal, 2^50 of a derived double; of the column's own step where it is coarser. */
function defaultRange(column: ModelColumn, places: number, narrowed: number): Range {
  const finest = Math.max(places, declaredPlaces(column) ?? -mostDefault) + narrowed
  const end = Number('expression' in column ? `5e${14 - finest}` : `4e${15 - finest}`)
  return { min: -end, max: end, from: 'default', places }
}

/** Two sizes of features, far enough apart that the growth of an expression between them is its degree. */
const sizes = [1e6, 1e9] as const
const mostDegree = 9

/**
 * The degree of every derived column that grows faster than the features without a range that it is made of: 2 for a
 * square or a product of two, 3 for a cube. Public, as expressions are.
 */
function degreesOf(columns: readonly ModelColumn[], known: ReadonlyMap<string, Interval>): ReadonlyMap<number, number> {
  const [near, far] = sizes.map((size) => {
    const intervals = new Map(known)
    return columns.map((column): number => {
      if (column.type === 'category') return 0
      const own = known.get(column.name)
      const interval =
        own ?? ('expression' in column ? rangeOf(column.expression, intervals) : { min: -size, max: size })
      intervals.set(column.name, interval)
      return Math.max(Math.abs(interval.min), Math.abs(interval.max))
    })
  }) as [number[], number[]]
  const degrees = new Map<number, number>()
  for (const [c, column] of columns.entries()) {
    if (!('expression' in column) || known.has(column.name)) continue
    const [from, to] = [near[c] as number, far[c] as number]
    const degree = Math.round(log10(to / from) / log10(sizes[1] / sizes[0]))
    if (from > 0 && Number.isFinite(degree) && degree > 1) degrees.set(c, Math.min(degree, mostDegree))
  }
  return degrees
}
