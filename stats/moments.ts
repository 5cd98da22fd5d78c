import { rounded } from './rounded.ts'

/** Means, deviations and correlations of columns of integers, from their exact sums: nothing cancels before it is rounded. */
export interface Moments {
  readonly records: number
  readonly means: Float64Array
  /** The roots of the mean squared deviations, by n and not n − 1; 0 for a column of one value. */
  readonly deviations: Float64Array
  /** Row by row; 0 where a deviation is. */
  readonly correlations: readonly Float64Array[]
}

/** X'X whose first column is that of ones, as n·X'X − (X'1)(X'1)' without it: n² times the covariances, exactly. */
export function centred(gram: readonly (readonly bigint[])[]): bigint[][] {
  const totals = gram[0] as readonly bigint[]
  const records = totals[0] as bigint
  return gram
    .slice(1)
    .map((row, j) =>
      row.slice(1).map((sum, k) => records * sum - (totals[j + 1] as bigint) * (totals[k + 1] as bigint)),
    )
}

/** `gram` is X'X of at least one record, the column of ones first; moments are of the others. */
export function momentsOf(gram: readonly (readonly bigint[])[]): Moments {
  const totals = gram[0] as readonly bigint[]
  const records = totals[0] as bigint
  const products = centred(gram)
  const roots = Float64Array.from(products, (row, j) => Math.sqrt(Number(row[j])))
  return {
    records: Number(records),
    means: Float64Array.from(totals.slice(1), (total) => rounded(total, records)),
    deviations: roots.map((root) => root / Number(records)),
    correlations: products.map((row, j) =>
      Float64Array.from(row, (product, k) => {
        const scale = (roots[j] as number) * (roots[k] as number)
        return scale === 0 ? 0 : Number(product) / scale
      }),
    ),
  }
}
