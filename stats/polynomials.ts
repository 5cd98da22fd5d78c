import { add, type DoubleDouble, divide, multiply, squareRoot } from '../core/number/doubleDouble.ts'
import { eliminated } from './exactBasis.ts'
import { fail } from './faults.ts'
import { ratioInTwo } from './rounded.ts'
import { type ColumnScale, ownRows, type Shown } from './summary.ts'

/**
 * Orthogonal polynomials as R's `poly` has them: P_k of degree k, orthonormal over the records and without a constant, with a
 * positive leading coefficient. A model of them is one of the powers; only its coefficients are others.
 */
export interface Polynomial {
  /** The design's columns 1, x, …, x^d, by place; powers may be of x less a number. */
  readonly powers: readonly number[]
  /** Coefficients of 1, x, …, x^d, by place; and of their products with other columns, for each of these. */
  readonly blocks: readonly (readonly number[])[]
}

/**
 * M with x^j = Σ_k P_k·M_kj in the columns' own units, where P_0 is 1, exactly but for the last rounding: with X'X = U'DU
 * (Bareiss) it is √D·U. `gram` is of the design's columns 1, x, …, x^d, `scales` of those but the first. Throws `study/fit`
 * where the records have no more different values than the degree.
 */
function inOrthogonal(gram: readonly (readonly bigint[])[], scales: readonly ColumnScale[]): DoubleDouble[][] {
  const { kept, rows } = eliminated(gram)
  if (kept.length < gram.length) fail('study/fit', 'polynomialDegree', { degree: scales.length })
  return rows.map(({ row, pivot, before }, k) => {
    const length = k === 0 ? one : squareRoot(ratioInTwo(pivot, before))
    return row.map((value, j): DoubleDouble => {
      if (j < k) return zero
      if (j === 0) return one
      const { shift, units } = scales[j - 1] as ColumnScale
      const part = multiply(length, ratioInTwo(value, pivot))
      return divide(k === 0 ? add(part, [shift, 0]) : part, [units, 0])
    })
  })
}

const zero: DoubleDouble = [0, 0]
const one: DoubleDouble = [1, 0]

/**
 * The coefficients of orthogonal polynomials and their products, by those of the columns. `named` are all coefficients' names but
 * the intercept's; `gramOf` gives X'X of some of the design's columns. Throws `study/fit` where a power is a sum of columns
 * before it and a higher one is not.
 */
export function orthogonal(
  columns: readonly ColumnScale[],
  named: readonly { readonly name: string }[],
  polynomials: readonly Polynomial[],
  kept: readonly number[],
  gramOf: (places: readonly number[]) => readonly (readonly bigint[])[],
): Shown[] {
  const isKept = new Set(kept)
  let rows = ownRows(named)
  for (const { powers, blocks } of polynomials) {
    const scales = powers.slice(1).map((place) => columns[place - 1] as ColumnScale)
    const matrix = inOrthogonal(gramOf(powers), scales)
    for (const block of blocks) {
      const first = block.findIndex((place) => !isKept.has(place))
      if (first >= 0 && block.slice(first).some((place) => isKept.has(place))) fail('study/fit', 'polynomialApart')
    }
    const changed = new Map(blocks.flatMap((block) => block.map((place, k) => [place, summed(rows, block, matrix[k])])))
    rows = rows.map(({ name, factors }, place) => ({ name, factors: changed.get(place) ?? factors }))
  }
  return rows
}

/** Σ_j M_kj times the j-th row of a block. */
function summed(rows: readonly Shown[], block: readonly number[], weights: readonly DoubleDouble[] = []) {
  const width = rows[0]?.factors.length ?? 0
  return Array.from({ length: width }, (_, c) =>
    block.reduce((sum, place, j) => {
      const factor = rows[place]?.factors[c] as DoubleDouble
      return factor[0] === 0 ? sum : add(sum, multiply(weights[j] as DoubleDouble, factor))
    }, zero),
  )
}
