/**
 * Sums of products of integers, exactly: the columns of a design are whole numbers of steps, so that what a fit rests on
 * has no rounding in it.
 */

/** Products of two digits of this size, 8192 of them added up, stay below 2^53. */
const digit = 2 ** 20
const together = 8192

/** A column of integers in [0, 2^53) in digits of 20 bits, from the least significant on. */
type Digits = readonly Float64Array[]

function digitsOf(column: Float64Array): Digits {
  const digits: Float64Array[] = []
  for (let rest = column; ; rest = rest.map((x) => Math.floor(x / digit))) {
    digits.push(rest.map((x) => x % digit))
    if (rest.every((x) => x < digit)) return digits
  }
}

function dotOf(a: Digits, b: Digits): bigint {
  let sum = 0n
  for (const [i, left] of a.entries()) {
    for (const [j, right] of b.entries()) sum += dotOfDigits(left, right) << BigInt(20 * (i + j))
  }
  return sum
}

function dotOfDigits(a: Float64Array, b: Float64Array): bigint {
  let sum = 0n
  for (let from = 0; from < a.length; from += together) {
    const to = Math.min(from + together, a.length)
    let part = 0
    for (let i = from; i < to; i++) part += (a[i] as number) * (b[i] as number)
    sum += BigInt(part)
  }
  return sum
}

/** X'X of columns of integers in [0, 2^53), row by row. */
export function gramOf(columns: readonly Float64Array[]): bigint[][] {
  const digits = columns.map(digitsOf)
  const gram = columns.map(() => new Array<bigint>(columns.length).fill(0n))
  for (const [j, left] of digits.entries()) {
    for (let k = 0; k <= j; k++) {
      const sum = dotOf(left, digits[k] as Digits)
      ;(gram[j] as bigint[])[k] = sum
      ;(gram[k] as bigint[])[j] = sum
    }
  }
  return gram
}

/** X'y of columns of such integers. */
export function crossProducts(columns: readonly Float64Array[], y: Float64Array): bigint[] {
  const right = digitsOf(y)
  return columns.map((column) => dotOf(digitsOf(column), right))
}

/** Σ x of a column of such integers. */
export function exactSum(column: Float64Array): bigint {
  return dotOf(digitsOf(column), [new Float64Array(column.length).fill(1)])
}
