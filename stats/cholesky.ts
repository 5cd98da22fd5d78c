/** Symmetric positive definite systems of doubles that are near the identity: `exactBasis.ts` sees to that. */

/** L with A = LL', row by row; null where A is not positive definite. */
export function cholesky(a: readonly Float64Array[]): Float64Array[] | null {
  const rows = a.map((row) => new Float64Array(row.length))
  for (const [i, row] of rows.entries()) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i]?.[j] as number
      const other = rows[j] as Float64Array
      for (let k = 0; k < j; k++) rest -= (row[k] as number) * (other[k] as number)
      if (i !== j) row[j] = rest / (other[j] as number)
      else if (rest > 0) row[i] = Math.sqrt(rest)
      else return null
    }
  }
  return rows
}

/** L⁻¹b. */
export function forward(l: readonly Float64Array[], b: Float64Array): Float64Array {
  const x = new Float64Array(b.length)
  for (const [i, row] of l.entries()) {
    let rest = b[i] as number
    for (let k = 0; k < i; k++) rest -= (row[k] as number) * (x[k] as number)
    x[i] = rest / (row[i] as number)
  }
  return x
}

/** L'⁻¹b. */
export function backward(l: readonly Float64Array[], b: Float64Array): Float64Array {
  const x = new Float64Array(b.length)
  for (let i = b.length - 1; i >= 0; i--) {
    let rest = b[i] as number
    for (let k = i + 1; k < b.length; k++) rest -= (l[k]?.[i] as number) * (x[k] as number)
    x[i] = rest / (l[i]?.[i] as number)
  }
  return x
}
