import { rounded } from './rounded.ts'

/**
 * A basis of a design's columns in which they are nearly orthogonal, from the exact X'X: Z = X·V with V upper triangular.
 * Whatever V is, to the last bit, a fit in Z is a fit of the same model; that V comes from exact pivots only makes Z'Z
 * nearly the identity, so that nothing is lost in solving, however alike the columns are.
 *
 * X'X = U'DU by elimination without fractions (Bareiss 1968), columns in their order; V = U⁻¹·D^(−1/2)·√n. The pivot of a
 * column is the square of its distance from those before it. R's `glm` leaves a column out where that distance is below
 * 1e-11 of its own length, which it knows to some 20 %; here it is known exactly.
 */
export interface Basis {
  /** The columns that are not sums of those before them, by place. */
  readonly kept: readonly number[]
  /** V, for kept columns only: `vectors[j]` are the factors of the kept columns up to the j-th. */
  readonly vectors: readonly Float64Array[]
}

const leastDistance = 1e-11

export const basisOf = (gram: readonly (readonly bigint[])[], records: number): Basis =>
  basisBy(eliminated(gram), records)

/** The basis of all columns, and y'y − y'X(X'X)⁻¹X'y: the pivot of outcomes after the columns. 0 where it is less than 1e-22 of y'y. */
export function basisBefore(
  gram: readonly (readonly bigint[])[],
  { totals, squares }: ExactOutcomes,
  records: number,
): { readonly basis: Basis; readonly residual: number } {
  const bordered = [...gram.map((row, j) => [...row, totals[j] as bigint]), [...totals, squares]]
  const { kept, rows } = eliminated(bordered)
  const last = kept.at(-1) === gram.length ? rows.at(-1) : undefined
  const columns = last === undefined ? kept.length : kept.length - 1
  return {
    basis: basisBy({ kept: kept.slice(0, columns), rows: rows.slice(0, columns) }, records),
    residual: last === undefined ? 0 : rounded(last.pivot, last.before),
  }
}

/** X'y and y'y. */
export interface ExactOutcomes {
  readonly totals: readonly bigint[]
  readonly squares: bigint
}

function basisBy({ kept, rows }: Elimination, records: number): Basis {
  const upper = rows.map(({ row, pivot }) => kept.map((column) => rounded(row[column] as bigint, pivot)))
  const vectors = kept.map((_, j) => {
    const { pivot, before } = rows[j] as Eliminated
    return inverseColumn(upper, j, Math.sqrt(records / rounded(pivot, before)))
  })
  return { kept, vectors }
}

/** A row of U with its pivot: `row`/`pivot` is U's, `pivot`/`before` is D's. */
interface Eliminated {
  readonly row: readonly bigint[]
  readonly pivot: bigint
  readonly before: bigint
}

interface Elimination {
  readonly kept: readonly number[]
  readonly rows: readonly Eliminated[]
}

/** U and D of a symmetric positive semidefinite matrix of integers, without the columns that are sums of those before them. */
export function eliminated(gram: readonly (readonly bigint[])[]): Elimination {
  const left = gram.map((row) => [...row])
  const kept: number[] = []
  const rows: Eliminated[] = []
  let before = 1n
  for (const [k, row] of left.entries()) {
    const pivot = row[k] as bigint
    if (rounded(pivot, before * (gram[k]?.[k] as bigint)) < leastDistance ** 2) continue
    kept.push(k)
    rows.push({ row, pivot, before })
    for (let i = k + 1; i < left.length; i++) {
      const other = left[i] as bigint[]
      const factor = other[k] as bigint
      for (let j = k + 1; j < left.length; j++) {
        other[j] = (pivot * (other[j] as bigint) - factor * (row[j] as bigint)) / before
      }
    }
    before = pivot
  }
  return { kept, rows }
}

/** Column j of the inverse of a unit upper triangle, times `scale`. */
function inverseColumn(upper: readonly (readonly number[])[], j: number, scale: number): Float64Array {
  const column = new Float64Array(j + 1)
  column[j] = 1
  for (let i = j - 1; i >= 0; i--) {
    let sum = 0
    for (let k = i + 1; k <= j; k++) sum += (upper[i]?.[k] as number) * (column[k] as number)
    column[i] = -sum
  }
  return column.map((v) => v * scale)
}
