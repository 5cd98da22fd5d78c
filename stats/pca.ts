import { eliminated } from './exactBasis.ts'
import { centred } from './moments.ts'
import { rounded } from './rounded.ts'
import { lengthOf } from './sums.ts'

/**
 * Principal components from exact sums: R's `prcomp`, with variances by n − 1. The centred X'X is taken apart exactly into
 * R'R, and the columns of R are turned until they are orthogonal (Hestenes 1958): components as small as a record's rounding
 * have their digits, which the eigenvalues of X'X would not give them.
 */
export interface Components {
  /** Of the columns, in their own unit: what is taken off, and what they are divided by (1 where they are left as they are). */
  readonly centres: Float64Array
  readonly scales: Float64Array
  /** Standard deviations of the components, the largest first. */
  readonly deviations: Float64Array
  /** Component by component, of length 1; the first loading that is not 0 is positive, as R's `princomp` fixes signs. */
  readonly loadings: readonly Float64Array[]
}

/** `gram` is X'X of at least two records, the column of ones first; of the other columns so many steps are one unit. */
export function componentsOf(
  gram: readonly (readonly bigint[])[],
  columns: readonly { readonly shift: number; readonly units: number }[],
  scaled: boolean,
): Components {
  const totals = gram[0] as readonly bigint[]
  const records = totals[0] as bigint
  const products = centred(gram)
  // products = n·Σ(x − m)(x − m)', so that variances are those by n·(n − 1).
  const by = records * (records - 1n)
  const spreads = products.map((row, j) => Math.sqrt(rounded(row[j] as bigint, by)))
  const scales = columns.map(({ units }, j) => (scaled ? (spreads[j] as number) / units : 1))
  const { kept, rows } = eliminated(products)
  const vectors = columns.map(({ units }, j) =>
    Float64Array.from(rows, ({ row, pivot, before }, i) => {
      // Rows of R are U's times the root of D, and begin at their pivot.
      if (j < (kept[i] as number)) return 0
      const size = Math.sqrt(rounded(pivot, before * by))
      const scale = (scales[j] as number) * units
      return scale === 0 ? 0 : (rounded(row[j] as bigint, pivot) * size) / scale
    }),
  )
  const { deviations, loadings } = turned(vectors)
  return {
    centres: Float64Array.from(columns, ({ shift, units }, j) => {
      return rounded((totals[j + 1] as bigint) + BigInt(shift) * records, records) / units
    }),
    scales: Float64Array.from(scales),
    deviations,
    loadings,
  }
}

const mostRounds = 60
const orthogonal = 1e-15

/** Turns of two columns at a time until all are orthogonal: their lengths, and where each came from. */
function turned(columns: readonly Float64Array[]): Pick<Components, 'deviations' | 'loadings'> {
  const vectors = columns.map((column) => Float64Array.from(column))
  const loadings = columns.map((_, j) => Float64Array.from(columns, (_each, k) => (j === k ? 1 : 0)))
  for (let round = 0, most = 1; round < mostRounds && most > orthogonal; round++) {
    most = 0
    for (let j = 0; j < vectors.length; j++) {
      for (let k = j + 1; k < vectors.length; k++) most = Math.max(most, turn(vectors, loadings, j, k))
    }
  }
  const order = [...vectors.keys()]
  const lengths = vectors.map(lengthOf)
  order.sort((a, b) => (lengths[b] as number) - (lengths[a] as number))
  return {
    deviations: Float64Array.from(order, (j) => lengths[j] as number),
    loadings: order.map((j) => signed(loadings[j] as Float64Array)),
  }
}

/** Turns columns j and k orthogonal; the cosine that was between them. */
function turn(vectors: readonly Float64Array[], loadings: readonly Float64Array[], j: number, k: number): number {
  const [a, b] = [vectors[j] as Float64Array, vectors[k] as Float64Array]
  const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)]
  const cosine = aa === 0 || bb === 0 ? 0 : Math.abs(ab) / Math.sqrt(aa * bb)
  if (cosine <= orthogonal) return 0
  const ratio = (bb - aa) / (2 * ab)
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio))
  const c = 1 / Math.sqrt(1 + tangent * tangent)
  rotate(a, b, c, c * tangent)
  rotate(loadings[j] as Float64Array, loadings[k] as Float64Array, c, c * tangent)
  return cosine
}

function rotate(a: Float64Array, b: Float64Array, c: number, s: number): void {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number]
    a[i] = c * x - s * y
    b[i] = s * x + c * y
  }
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0)

function signed(vector: Float64Array): Float64Array {
  const first = vector.find((value) => Math.abs(value) > 1e-14) ?? 1
  return first < 0 ? vector.map((value) => -value) : vector
}
