import { cholesky } from './cholesky.ts'
import { solve } from './rotation.ts'

/**
 * Least of ½b'Sb − c'b + l1·‖b‖₁ + l2/2·‖b‖² by coordinate descent (Friedman, Hastie and Tibshirani 2010), which finds out
 * which coordinates are 0 and which signs the others have. Given those, what is left are linear equations: once they hold
 * with all signs as they were, the least is found to the last digits, however slowly descent nears it.
 */
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

const mostSweeps = 20_000
const sweepsBetween = 8
const unequal = 1e-14

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

export function leastOf(quadratic: Quadratic, penalty: Penalty, start: Float64Array): Float64Array {
  const size = quadratic.linear.reduce((most, c) => Math.max(most, Math.abs(c)), 0)
  const b = Float64Array.from(start)
  const slope = slopeAt(quadratic, b)
  for (let sweeps = 1; sweeps <= mostSweeps; sweeps++) {
    const moved = sweep(quadratic, penalty, b, slope)
    if (sweeps % sweepsBetween === 0 || moved <= unequal * size) {
      const exact = solvedBySigns(quadratic, penalty, b)
      if (exact !== null && violationOf(slopeAt(quadratic, exact), exact, penalty) <= 10 * unequal * size) return exact
      if (moved <= unequal * size) return b
    }
  }
  return b
}

/** Each coordinate once, to where it is least; `slope` goes along. How far a slope has moved at most. */
function sweep({ matrix }: Quadratic, { l1, l2 }: Penalty, b: Float64Array, slope: Float64Array): number {
  let most = 0
  for (let j = 0; j < b.length; j++) {
    const row = matrix[j] as Float64Array
    const own = row[j] as number
    if (own === 0) continue
    const old = b[j] as number
    const pull = (slope[j] as number) + own * old
    const next = (Math.sign(pull) * Math.max(0, Math.abs(pull) - l1)) / (own + l2)
    if (next === old) continue
    b[j] = next
    for (let k = 0; k < b.length; k++) slope[k] = (slope[k] as number) - (row[k] as number) * (next - old)
    most = Math.max(most, Math.abs(next - old) * own)
  }
  return most
}

/** The equations of the coordinates that are not 0, solved and once refined; null where their solution has other signs. */
function solvedBySigns(quadratic: Quadratic, { l1, l2 }: Penalty, b: Float64Array): Float64Array | null {
  const places = [...b.keys()].filter((j) => b[j] !== 0)
  const root = cholesky(
    places.map((j) => Float64Array.from(places, (k) => (quadratic.matrix[j]?.[k] as number) + (j === k ? l2 : 0))),
  )
  if (root === null) return null
  const found = new Float64Array(b.length)
  for (let pass = 0; pass < 3; pass++) {
    const slope = slopeAt(quadratic, found)
    const wanted = Float64Array.from(places, (j) => {
      return (slope[j] as number) - l2 * (found[j] as number) - Math.sign(b[j] as number) * l1
    })
    for (const [i, step] of solve(root, wanted).entries()) {
      const j = places[i] as number
      found[j] = (found[j] as number) + step
    }
  }
  return places.every((j) => Math.sign(found[j] as number) === Math.sign(b[j] as number)) ? found : null
}
