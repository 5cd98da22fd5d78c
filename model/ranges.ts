import { compileExpression } from '../core/card/evaluate.ts'
import { columnsOf } from '../core/card/expression.ts'
import { defaultRanges, mostDefault, type Wanted } from './defaultRanges.ts'
import { fail } from './faults.ts'
import { type Interval, rangeOf } from './interval.ts'
import type { ModelColumn, ModelFile } from './modelFile.ts'
import type { Range } from './range.ts'
import { declaredPlaces, outward } from './steps.ts'
import type { ColumnWeights } from './weights.ts'

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
  wanted: Wanted,
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
    return seen.has(c) || !used.has(column.name) ? null : anyRange(column)
  })
  const missing = firstPass.flatMap((range, c) => (range === null ? [c] : []))
  const defaults = defaultRanges(columns, missing, weights, known, wanted)
  return {
    ranges: firstPass.map((range, c) => range ?? (defaults.ranges.get(c) as Range)),
    tolerance: defaults.tolerance,
  }
}

/** Beyond this, doubles do not hold all integers; a column of cells that only expressions read may go so far. */
const anything = 1e15

/** Intermediate values may be large: a power of ten that no cell reaches. */
function anyRange(column: ModelColumn): Range {
  const places = declaredPlaces(column) ?? ('expression' in column ? -mostDefault : 0)
  const end = 'expression' in column ? Number(`5e${14 - places}`) : Math.min(anything, Number(`4e${15 - places}`))
  return { min: -end, max: end, from: 'any', places }
}

/** A proven range holds the constant for missing values too. */
function withImputed(column: ModelColumn, min: number, max: number): Interval {
  if (typeof column.missing !== 'object' || typeof column.missing.impute !== 'number') return { min, max }
  return { min: Math.min(min, column.missing.impute), max: Math.max(max, column.missing.impute) }
}
