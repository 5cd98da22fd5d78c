/**
 * Lattice reduction as Lenstra, Lenstra and Lovász have it (δ = 3/4), in exact integers: Cohen, "A Course in Computational
 * Algebraic Number Theory", algorithm 2.6.7. The rows of `basis`, which are independent, become a reduced basis.
 */
export function reduced(basis: readonly (readonly bigint[])[]): bigint[][] {
  const b = basis.map((row) => [...row])
  const n = b.length
  const dot = (x: readonly bigint[], y: readonly bigint[]): bigint =>
    x.reduce((sum, value, i) => sum + value * (y[i] as bigint), 0n)
  /** d[i + 1] is the Gram determinant of the first i + 1 rows; λ_ij = d[j + 1]·μ_ij, by integers. */
  let d: bigint[] = []
  let lambda: bigint[][] = []
  const orthogonalise = (): void => {
    d = [1n]
    lambda = b.map(() => [])
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let u = dot(b[i] as bigint[], b[j] as bigint[])
        for (let k = 0; k < j; k++) {
          const product = (lambda[i]?.[k] as bigint) * (lambda[j]?.[k] as bigint)
          u = ((d[k + 1] as bigint) * u - product) / (d[k] as bigint)
        }
        if (j < i) (lambda[i] as bigint[])[j] = u
        else d[i + 1] = u
      }
    }
  }
  const nearest = (x: bigint, y: bigint): bigint => {
    const shifted = 2n * x + y
    const quotient = shifted / (2n * y)
    return shifted < 0n && shifted % (2n * y) !== 0n ? quotient - 1n : quotient
  }
  orthogonalise()
  for (let k = 1; k < n; ) {
    for (let j = k - 1; j >= 0; j--) {
      const q = nearest(lambda[k]?.[j] as bigint, d[j + 1] as bigint)
      if (q === 0n) continue
      b[k] = (b[k] as bigint[]).map((value, i) => value - q * (b[j]?.[i] as bigint))
      orthogonalise()
    }
    const [before, now, after] = [d[k - 1], d[k], d[k + 1]] as [bigint, bigint, bigint]
    const coefficient = lambda[k]?.[k - 1] as bigint
    if (4n * (after * before + coefficient * coefficient) >= 3n * now * now) k += 1
    else {
      ;[b[k], b[k - 1]] = [b[k - 1] as bigint[], b[k] as bigint[]]
      orthogonalise()
      k = Math.max(1, k - 1)
    }
  }
  return b
}
