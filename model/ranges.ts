import { compileExpression } from '../core/card/evaluate.ts'
import { columnsOf } from '../core/card/expression.ts'
import { log10 } from '../core/number/elementary.ts'
import { fail } from './faults.ts'
import { type Interval, rangeOf } from './interval.ts'
import type { ModelColumn, ModelFile } from './modelFile.ts'
import { declaredPlaces, outward } from './steps.ts'
import type { ColumnWeights } from './weights.ts'

/** A column's range before steps are known. */
export interface Range {
  readonly min: number
  readonly max: number
  /**
   * Stated by the vendor; proven by interval arithmetic; or a wide default, with the decimal places that go with it.
   * A column that nothing encodes and nobody bounds takes any number.
   */
  readonly from: 'declared' | 'proven' | 'default' | 'any'
  readonly places: number
}

/** Names that some expression uses. */
export function usedByExpressions(file: ModelFile): ReadonlySet<string> {
  return new Set((file.derived ?? []).flatMap((column) => [...columnsOf(column.expression)]))
}

/**
 * The range of every column, features first. Throws `model/invalid` for a range that ends below its start and for an
 * expression that does not compile. `seen` are the columns that terms name. The tolerance comes back as it is, or looser.
 */
export function rangesOf(
  file: ModelFile,
  columns: readonly ModelColumn[],
  weights: readonly ColumnWeights[],
  seen: ReadonlySet<number>,
  tolerance: { readonly most: number; readonly stated: boolean },
): { ranges: Range[]; tolerance: number } {
  const known = new Map<string, Interval>()
  const indexOf = new Map<string, number>()
  const used = usedByExpressions(file)
  const firstPass = columns.map((column, c): Range | null => {
    if ('expression' in column) compileExpression(column.expression, indexOf)
    indexOf.set(column.name, c)
    if (column.type === 'category') return { min: 0, max: 0, from: 'any', places: 0 }
    if (column.range) {
      const [min, max] = column.range
      if (!(min <= max)) fail('model/invalid', 'rangeReversed', { column: column.name })
      known.set(column.name, outward(min, max))
      return { min, max, from: 'declared', places: 0 }
    }
    if ('expression' in column) {
      const { min, max } = rangeOf(column.expression, known)
      if (Number.isFinite(min) && Number.isFinite(max)) {
        const range = withImputed(column, min, max)
        known.set(column.name, outward(range.min, range.max))
        return { ...range, from: 'proven', places: 0 }
      }
    }
    if (seen.has(c) || !used.has(column.name)) return null
    // Intermediate values may be large: a power of ten that no cell reaches.
    const places = declaredPlaces(column) ?? ('expression' in column ? -mostDefault : 0)
    const end = 'expression' in column ? Number(`5e${14 - places}`) : Math.min(anything, Number(`4e${15 - places}`))
    return { min: -end, max: end, from: 'any', places }
  })
  const missing = firstPass.flatMap((range, c) => (range === null ? [c] : []))
  const wanted = defaultPlaces(missing, weights, tolerance.most)
  // Where the file states no tolerance, better a little less of it than a range that is too narrow for people's data.
  const loosen = tolerance.stated ? 0 : Math.max(0, wanted - mostDefaultPlaces)
  const places = wanted - loosen
  return {
    ranges: firstPass.map((range, c) => range ?? defaultRange(columns[c] as ModelColumn, places)),
    tolerance: loosen === 0 ? tolerance.most : Number(`1e${Math.round(log10(tolerance.most)) + loosen}`),
  }
}

/** A default range has a step between 10^-15, where it is ±4, and 10^15. */
const mostDefault = 15

/** At a step of 10^-9 the default range is ±4·10^6, a derived column's ±5·10^5. */
const mostDefaultPlaces = 9

/** Beyond this, doubles do not hold all integers; a column of cells that only expressions read may go so far. */
const anything = 1e15

/**
 * The default range's step for the columns that have no range: fine enough for all of their weights together. The range
 * is then as wide as steps may be many. It costs room, and it says how large those weights are, to a power of ten:
 * stated ranges do neither.
 */
function defaultPlaces(missing: readonly number[], weights: readonly ColumnWeights[], tolerance: number): number {
  const sums = weights.map((head) => missing.reduce((sum, c) => sum + Math.abs(head.get(c)?.value ?? 0), 0))
  const largest = Math.max(0, ...sums)
  // Rounding, at most 0.625 of a step each, gets a quarter of the tolerance.
  return largest === 0
    ? 0
    : Math.min(mostDefault, Math.max(-mostDefault, Math.ceil(log10((largest * 0.625 * 4) / tolerance))))
}

/** Just below 2^53 steps of a cell's decimal, 2^50 of a derived double; of the column's own step where it is coarser. */
function defaultRange(column: ModelColumn, places: number): Range {
  const finest = Math.max(places, declaredPlaces(column) ?? -mostDefault)
  const end = Number('expression' in column ? `5e${14 - finest}` : `4e${15 - finest}`)
  return { min: -end, max: end, from: 'default', places }
}

/** A proven range holds the constant for missing values too. */
function withImputed(column: ModelColumn, min: number, max: number): Interval {
  if (typeof column.missing !== 'object' || typeof column.missing.impute !== 'number') return { min, max }
  return { min: Math.min(min, column.missing.impute), max: Math.max(max, column.missing.impute) }
}
