/**
 * The matrix of second derivatives as far as scores tell it, for the rounds in which it is not asked for: Broyden, Fletcher, Goldfarb
 * and Shanno's update (Nocedal and Wright 2006, 6.19). `step` led from the estimate of `matrix` to another, and `change` is by how much
 * the score fell. The same matrix comes back where that would not stay positive definite.
 */
export function updated(
  matrix: readonly Float64Array[],
  step: Float64Array,
  change: Float64Array,
): readonly Float64Array[] {
  const along = matrix.map((row) => dot(row, step))
  const [curvature, expected] = [dot(change, step), dot(along, step)]
  // Nocedal and Wright 2006, 18.2: less than that is no curvature to build on.
  if (!(curvature > 0.2 * expected)) return matrix
  return matrix.map((row, j) =>
    row.map(
      (cell, k) =>
        cell -
        ((along[j] as number) * (along[k] as number)) / expected +
        ((change[j] as number) * (change[k] as number)) / curvature,
    ),
  )
}

const dot = (a: ArrayLike<number>, b: Float64Array): number => b.reduce((sum, x, k) => sum + x * (a[k] as number), 0)
