import { leastByActiveSet } from './activeSet.ts'
import { cholesky } from './cholesky.ts'
import { type Penalty, type Quadratic, slopeAt, violationOf } from './quadratic.ts'
import { solve } from './rotation.ts'

/**
 * Least of ½b'Sb − c'b + l1·‖b‖₁ + l2/2·‖b‖² by coordinate descent (Friedman, Hastie and Tibshirani 2010), which finds out
 * which coordinates are 0 and which signs the others have. Given those, what is left are linear equations: once they hold
 * with all signs as they were, the least is found to the last digits, however slowly descent nears it.
 */
const mostSweeps = 20_000
const sweepsBetween = 8
/** After so many, descent is slow. */
const sweepsAlone = 200
const unequal = 1e-14

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
    if (sweeps === sweepsAlone && penalty.l1 > 0) {
      const other = leastByActiveSet(quadratic, penalty, start, unequal * size)
      if (other !== null && violationOf(slopeAt(quadratic, other), other, penalty) <= 10 * unequal * size) return other
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
