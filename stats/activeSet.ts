import { cholesky } from './cholesky.ts'
import { type Penalty, type Quadratic, slopeAt } from './quadratic.ts'
import { solve } from './rotation.ts'

/**
 * The least of a quadratic with an elastic net's penalty by the active-set method (Nocedal and Wright 2006, 16.5): of the coordinates
 * that are not 0 the equations are solved, as far as none of them changes its sign, and the one whose slope is steepest beyond the
 * penalty comes in. It takes as many steps as coordinates come and go, also where columns are so alike, or more than the records, that
 * descent by one coordinate at a time comes no nearer. From `start`, or from nothing where that has too many; null where rounding keeps it
 * from an end. `enough` is how far beyond the penalty a slope of a coordinate at 0 may be.
 */
export function leastByActiveSet(
  quadratic: Quadratic,
  penalty: Penalty,
  start: Float64Array,
  enough: number,
): Float64Array | null {
  const most = 20 * start.length + 100
  let b: Float64Array =
    rootAt(quadratic, penalty, placesOf(start)) === null ? new Float64Array(start.length) : start.slice()
  let entering = -1
  for (let steps = 0; steps < most; steps++) {
    const slope = slopeAt(quadratic, b)
    const places = [...placesOf(b), ...(entering < 0 ? [] : [entering])]
    const signs = places.map((j) => Math.sign(j === entering ? (slope[j] as number) : (b[j] as number)))
    const found = towards(quadratic, penalty, { b, places, signs, slope })
    if (found === null) return null
    const { next, isWhole } = found
    if (entering >= 0 && next[entering] === 0) return null
    b = next
    entering = isWhole ? steepest(slopeAt(quadratic, b), b, penalty, enough) : -1
    if (isWhole && entering < 0) return b
  }
  return null
}

const placesOf = (b: Float64Array): number[] => [...b.keys()].filter((j) => b[j] !== 0)

/** The coordinate at 0 whose slope is furthest beyond the penalty; -1 where none is. */
function steepest(slope: Float64Array, b: Float64Array, { l1 }: Penalty, enough: number): number {
  let [at, most] = [-1, l1 + enough]
  for (const [j, s] of slope.entries()) if (b[j] === 0 && Math.abs(s) > most) [at, most] = [j, Math.abs(s)]
  return at
}

const rootAt = ({ matrix }: Quadratic, { l2 }: Penalty, places: readonly number[]): Float64Array[] | null =>
  cholesky(places.map((j) => Float64Array.from(places, (k) => (matrix[j]?.[k] as number) + (j === k ? l2 : 0))))

interface Active {
  readonly b: Float64Array
  readonly places: readonly number[]
  readonly signs: readonly number[]
  readonly slope: Float64Array
}

/**
 * From b to where the equations of its coordinates hold, or as far as one of them is 0. Where the last one is a sum of the others,
 * along the line on which nothing but the penalty changes.
 */
function towards(quadratic: Quadratic, penalty: Penalty, active: Active) {
  const { b, places, signs } = active
  const root = rootAt(quadratic, penalty, places)
  const step = root === null ? alongNothing(quadratic, penalty, active) : stepTo(quadratic, penalty, active, root)
  if (step === null) return null
  let [share, blocking] = [root === null ? Number.POSITIVE_INFINITY : 1, -1]
  for (const [i, j] of places.entries()) {
    const [value, change] = [b[j] as number, step[i] as number]
    if (value === 0 || value * change >= 0 || -value / change > share) continue
    ;[share, blocking] = [-value / change, j]
  }
  if (share === Number.POSITIVE_INFINITY) return null
  const next = b.slice()
  for (const [i, j] of places.entries()) {
    const value = (b[j] as number) + share * (step[i] as number)
    next[j] = j === blocking || Math.sign(value) !== signs[i] ? 0 : value
  }
  return { next, isWhole: blocking < 0 }
}

/** To where the slopes of all of these coordinates are those of the penalty, and three times refined. */
function stepTo(quadratic: Quadratic, { l1, l2 }: Penalty, { b, places, signs }: Active, root: Float64Array[]) {
  const reached = b.slice()
  for (let pass = 0; pass < 4; pass++) {
    const slope = slopeAt(quadratic, reached)
    const wanted = Float64Array.from(places, (j, i) => {
      return (slope[j] as number) - l2 * (reached[j] as number) - (signs[i] as number) * l1
    })
    for (const [i, step] of solve(root, wanted).entries()) {
      const j = places[i] as number
      reached[j] = (reached[j] as number) + step
    }
  }
  return places.map((j) => (reached[j] as number) - (b[j] as number))
}

/** The direction in which the last coordinate grows and the others keep what it stands for. */
function alongNothing(quadratic: Quadratic, penalty: Penalty, { places, signs }: Active): number[] | null {
  const others = places.slice(0, -1)
  const root = rootAt(quadratic, penalty, others)
  if (root === null) return null
  const [last, sign] = [places.at(-1) as number, signs.at(-1) as number]
  const kept = solve(
    root,
    Float64Array.from(others, (j) => -sign * (quadratic.matrix[j]?.[last] as number)),
  )
  return [...kept, sign]
}
