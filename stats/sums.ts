import { add, type DoubleDouble, multiply, productOf, sumOf } from '../core/number/doubleDouble.ts'

/** Sums in which nothing of the size of a double's last bit is lost before the end. */

const none: DoubleDouble = [0, 0]

/** Σ a_i·b_i of a double and a double-double each. */
export function dotOfTwo(a: ArrayLike<number>, b: readonly DoubleDouble[]): DoubleDouble {
  let sum = none
  b.forEach((value, i) => {
    sum = add(sum, multiply([a[i] as number, 0], value))
  })
  return sum
}

/** A sum of many doubles (Ogita, Rump and Oishi 2005): as if in twice the precision, then rounded. */
export class Sum {
  #high = 0
  #low = 0

  add(x: number): void {
    const sum = sumOf(this.#high, x)
    this.#high = sum[0]
    this.#low += sum[1]
  }

  addProduct(a: number, b: number): void {
    const product = productOf(a, b)
    this.add(product[0])
    this.#low += product[1]
  }

  get value(): DoubleDouble {
    return sumOf(this.#high, this.#low)
  }
}

/** Σ a_i·b_i in doubles. */
export function dotOf(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/** The Euclidean length, by operations that are the same in every engine. */
export function lengthOf(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))
}

export function meanOf(values: Float64Array): number {
  const sum = new Sum()
  for (const value of values) sum.add(value)
  return sum.value[0] / values.length
}
