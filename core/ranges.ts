import type { ColumnWeights } from './columns.ts'
import { fail } from './errors.ts'
import { compileExpression } from './evaluate.ts'
import { columnsOf } from './expression.ts'
import { type Interval, rangeOf } from './interval.ts'
import type { ModelColumn, ModelFile } from './model.ts'

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
 * expression that does not compile.
 */
export function rangesOf(
  file: ModelFile,
  columns: readonly ModelColumn[],
  weights: readonly ColumnWeights[],
  tolerance: number,
): Range[] {
  const known = new Map<string, Interval>()
  const indexOf = new Map<string, number>()
  const used = usedByExpressions(file)
  const encoded = (c: number): boolean => weights.some((head) => head[c]?.seen) || !used.has(columns[c]?.name ?? '')
  const firstPass = columns.map((column, c): Range | null => {
    if ('expression' in column) compileExpression(column.expression, indexOf)
    indexOf.set(column.name, c)
    if (column.type === 'category') return { min: 0, max: 0, from: 'any', places: 0 }
    if (column.range) {
      const [min, max] = column.range
      if (!(min <= max)) fail('model/invalid', `The range of "${column.name}" ends below its start.`)
      known.set(column.name, { min, max })
      return { min, max, from: 'declared', places: 0 }
    }
    if ('expression' in column) {
      const { min, max } = rangeOf(column.expression, known)
      if (Number.isFinite(min) && Number.isFinite(max)) {
        known.set(column.name, { min, max })
        return { min, max, from: 'proven', places: 0 }
      }
    }
    return encoded(c) ? null : { min: -anything, max: anything, from: 'any', places: 0 }
  })
  const fallback = defaultRanges(
    firstPass.flatMap((range, c) => (range === null ? [c] : [])),
    weights,
    tolerance,
  )
  return firstPass.map(
    (range, c) => range ?? ('expression' in (columns[c] as ModelColumn) ? fallback.derived : fallback.feature),
  )
}

/** Beyond this, doubles do not hold all integers; a column of cells that only expressions read may go so far. */
const anything = 1e15

/**
 * The range of the columns that have none: as wide as their steps may be many, at a step fine enough for all of their
 * weights together. It costs room, and it says how large those weights are, to a power of ten: stated ranges do neither.
 */
function defaultRanges(missing: readonly number[], weights: readonly ColumnWeights[], tolerance: number) {
  const sums = weights.map((head) => missing.reduce((sum, c) => sum + Math.abs(head[c]?.value ?? 0), 0))
  const largest = Math.max(0, ...sums)
  // Rounding, at most 0.625 of a step each, gets a quarter of the tolerance.
  const places =
    largest === 0 ? 0 : Math.min(15, Math.max(-15, Math.ceil(Math.log10((largest * 0.625 * 4) / tolerance))))
  const upTo = (end: number): Range => ({ min: -end, max: end, from: 'default', places })
  // Just below 2^53 steps of a cell's decimal, 2^50 of a derived double.
  return { feature: upTo(4 * 10 ** (15 - places)), derived: upTo(5 * 10 ** (14 - places)) }
}
