import { add, type DoubleDouble, multiply } from '../core/number/doubleDouble.ts'
import { backward, cholesky, forward } from './cholesky.ts'
import type { Basis } from './exactBasis.ts'
import { fail } from './faults.ts'
import { dotOf, lengthOf, Sum } from './sums.ts'

/** A design's columns in the basis of `exactBasis.ts`, systems in it, and the way back. */

/** Z = XV, column by column, each value in twice the precision before it is rounded. */
export function rotated(columns: readonly Float64Array[], { kept, vectors }: Basis): Float64Array[] {
  return vectors.map((vector) => {
    const used = kept.slice(0, vector.length).map((column) => columns[column] as Float64Array)
    return Float64Array.from(used[0] as Float64Array, (_, i) => {
      const sum = new Sum()
      for (const [k, column] of used.entries()) sum.addProduct(column[i] as number, vector[k] as number)
      return sum.value[0]
    })
  })
}

/** Zγ of one record. */
export function predictorAt(z: readonly Float64Array[], gamma: Float64Array, i: number): number {
  let eta = 0
  for (let j = 0; j < gamma.length; j++) eta += (z[j]?.[i] as number) * (gamma[j] as number)
  return eta
}

/** Z'v, each in twice the precision. */
export function sumsOf(z: readonly Float64Array[], values: Float64Array): DoubleDouble[] {
  return z.map((column) => {
    const sum = new Sum()
    for (let i = 0; i < values.length; i++) sum.addProduct(column[i] as number, values[i] as number)
    return sum.value
  })
}

/** γ, and what it has beyond its doubles. */
export interface Exactly {
  readonly gamma: Float64Array
  readonly low?: Float64Array | undefined
}

/** β = Vγ of kept columns, by place. */
function betaOf({ gamma, low }: Exactly, { kept, vectors }: Basis): DoubleDouble[] {
  return kept.map((_, place) => {
    let sum = none
    for (const [j, g] of gamma.entries()) sum = add(sum, multiply([vectors[j]?.[place] ?? 0, 0], [g, low?.[j] ?? 0]))
    return sum
  })
}

/**
 * Xβ of all records, in twice the precision: of predictors that are next to 0 since their terms cancel those by Zγ have no more digits
 * than the terms.
 */
export function predictorsOf(columns: readonly Float64Array[], basis: Basis): (at: Exactly) => Float64Array {
  const used = basis.kept.map((column) => columns[column] as Float64Array)
  return (at) => {
    const beta = betaOf(at, basis)
    return Float64Array.from(used[0] as Float64Array, (_, i) => {
      const sum = new Sum()
      for (const [k, [high, low]] of beta.entries()) {
        const x = used[k]?.[i] as number
        sum.addProduct(x, high)
        sum.add(x * low)
      }
      return sum.value[0]
    })
  }
}

/** L of Z'WZ = LL'. Throws where the weights have all but vanished. */
export function rootOf(weights: Float64Array, z: readonly Float64Array[], rounds: number): Float64Array[] {
  return cholesky(informationOf(weights, z)) ?? fail('study/fit', 'noFiniteFit', { rounds })
}

const uneven = 1e-4

/** Whether weights differ by so many orders that a system of their products has lost digits that the columns have. */
export function isUneven(root: readonly Float64Array[]): boolean {
  const pivots = root.map((row, j) => (row[j] as number) ** 2)
  return Math.min(...pivots) < uneven * Math.max(...pivots)
}

/**
 * The same L by the columns of W^½Z themselves (modified Gram-Schmidt): where weights differ by many orders, products of them have
 * lost what errors of estimates are made of.
 */
export function rootByColumns(weights: Float64Array, z: readonly Float64Array[]): Float64Array[] {
  const roots = weights.map(Math.sqrt)
  const left = z.map((column) => column.map((value, i) => value * (roots[i] as number)))
  const root = z.map((_, j) => new Float64Array(j + 1))
  for (const [k, column] of left.entries()) {
    const length = Math.sqrt(dotOf(column, column))
    ;(root[k] as Float64Array)[k] = length
    for (let j = k + 1; j < left.length; j++) {
      const other = left[j] as Float64Array
      const share = dotOf(column, other) / length
      ;(root[j] as Float64Array)[k] = share
      for (let i = 0; i < other.length; i++) other[i] = (other[i] as number) - (share / length) * (column[i] as number)
    }
  }
  return root
}

/** Z'WZ, row by row. */
export function informationOf(weights: Float64Array, z: readonly Float64Array[]): Float64Array[] {
  const information = z.map(() => new Float64Array(z.length))
  const weighed = new Float64Array(weights.length)
  for (const [j, left] of z.entries()) {
    for (let i = 0; i < weights.length; i++) weighed[i] = (left[i] as number) * (weights[i] as number)
    for (let k = 0; k <= j; k++) {
      const right = z[k] as Float64Array
      let sum = 0
      for (let i = 0; i < weights.length; i++) sum += (weighed[i] as number) * (right[i] as number)
      ;(information[j] as Float64Array)[k] = sum
      ;(information[k] as Float64Array)[j] = sum
    }
  }
  return information
}

export const solve = (root: readonly Float64Array[], b: Float64Array): Float64Array => backward(root, forward(root, b))

export interface InColumns {
  /** β of all columns; 0 where a column has none. */
  readonly coefficients: readonly DoubleDouble[]
  /** The standard error of Σ a·β where the dispersion is 1, of a factor a for each column; one that is not kept has none. */
  readonly errorOf: (combination: readonly DoubleDouble[]) => number
}

/** β = Vγ of all columns, 0 where one has none; and errors of what is made of them, by what a row of V becomes in a factor of the covariance. */
export function inColumns(
  at: Exactly,
  basis: Basis,
  count: number,
  spread: (row: Float64Array) => Float64Array,
): InColumns {
  const coefficients = Array.from({ length: count }, (): DoubleDouble => none)
  for (const [place, beta] of betaOf(at, basis).entries()) coefficients[basis.kept[place] as number] = beta
  return { coefficients, errorOf: (combination) => lengthOf(spread(inBasis(combination, basis))) }
}

/** A sum of β as one of γ: a'V, of a factor a for each column. */
export function inBasis(combination: readonly DoubleDouble[], { kept, vectors }: Basis): Float64Array {
  const used = kept.flatMap((column, place) => {
    const weight = combination[column] as DoubleDouble
    return weight[0] === 0 ? [] : [{ place, weight }]
  })
  return Float64Array.from(vectors, (vector) => {
    // Row `place` of V has a value in the columns from there on.
    const terms = used.flatMap(({ place, weight }) => (place < vector.length ? [{ place, weight }] : []))
    return terms.reduce((left, { place, weight }) => add(left, multiply([vector[place] as number, 0], weight)), none)[0]
  })
}

const none: DoubleDouble = [0, 0]
