/** ½b'Sb − c'b + l1·‖b‖₁ + l2/2·‖b‖²: a quadratic with an elastic net's penalty, and the conditions of its least. */
export interface Quadratic {
  /** S, positive semidefinite, row by row. A coordinate with 0 on the diagonal stays 0. */
  readonly matrix: readonly Float64Array[]
  /** c. */
  readonly linear: Float64Array
}

export interface Penalty {
  readonly l1: number
  readonly l2: number
}

/** How far b is from the conditions of a least (Karush, Kuhn and Tucker), by the slope −∂/∂b of the part without a penalty. */
export function violationOf(slope: Float64Array, b: Float64Array, { l1, l2 }: Penalty): number {
  return slope.reduce((most, s, j) => {
    const value = b[j] as number
    const off = value === 0 ? Math.max(0, Math.abs(s) - l1) : Math.abs(s - l2 * value - Math.sign(value) * l1)
    return Math.max(most, off)
  }, 0)
}

/** c − Sb. */
export function slopeAt({ matrix, linear }: Quadratic, b: Float64Array): Float64Array {
  return Float64Array.from(linear, (c, j) => {
    const row = matrix[j] as Float64Array
    let left = c
    for (let k = 0; k < b.length; k++) left -= (row[k] as number) * (b[k] as number)
    return left
  })
}
