import { add, type DoubleDouble, multiply } from '../core/number/doubleDouble.ts'
import { backward, cholesky, forward } from './cholesky.ts'
import type { Basis } from './exactBasis.ts'
import { fail } from './faults.ts'
import { Sum } from './sums.ts'

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

/** L of Z'WZ = LL'. Throws where the weights have all but vanished. */
export function rootOf(weights: Float64Array, z: readonly Float64Array[], rounds: number): Float64Array[] {
  return cholesky(informationOf(weights, z)) ?? fail('study/fit', 'noFiniteFit', { rounds })
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

/** β = Vγ of all columns, 0 where one has none; F with FF' its covariance, by what a row of V becomes in it. */
export function inColumns(
  gamma: Float64Array,
  { kept, vectors }: Basis,
  count: number,
  spread: (row: Float64Array) => Float64Array,
): { readonly coefficients: DoubleDouble[]; readonly factor: Float64Array[] } {
  const coefficients = Array.from({ length: count }, (): DoubleDouble => [0, 0])
  const factor: Float64Array[] = Array.from({ length: count }, () => new Float64Array(kept.length))
  for (const [place, column] of kept.entries()) {
    // Row `place` of V, which has a value in the columns from there on.
    const row = Float64Array.from(vectors, (vector) => vector[place] ?? 0)
    let sum: DoubleDouble = [0, 0]
    for (const [j, g] of gamma.entries()) sum = add(sum, multiply([row[j] as number, 0], [g, 0]))
    coefficients[column] = sum
    factor[column] = spread(row)
  }
  return { coefficients, factor }
}
