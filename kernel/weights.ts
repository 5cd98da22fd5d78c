import { Accumulator, Planner, type Program } from './schedule.ts'

/**
 * ∏ x_j^{W_j} for several heads over the same inputs, registers 0 to J − 1. Each head's value is its positive product over
 * its negative one: registers, −1 for 1.
 */
export interface WeightedPlan {
  readonly program: Program
  readonly heads: readonly { readonly positive: number; readonly negative: number }[]
}

/** Plans each way there is and keeps the cheapest: few inputs favour their own tables, many favour buckets. */
export function planWeights(weights: readonly Float64Array[], inputs: number): WeightedPlan {
  let best: { plan: WeightedPlan; cost: number } | null = null
  for (const width of [2, 3, 4, 5]) best = cheaper(best, ownTables(weights, inputs, width))
  if (inputs >= 16) for (const width of [3, 4, 5, 6, 7, 8]) best = cheaper(best, buckets(weights, inputs, width))
  return (best as { plan: WeightedPlan }).plan
}

type Priced = { readonly plan: WeightedPlan; readonly cost: number }

function cheaper(a: Priced | null, b: Priced): Priced {
  return a && a.cost <= b.cost ? a : b
}

/**
 * Signed digits of |w|, least significant first: odd ones below 2^(width − 1) in magnitude, each followed by at least
 * width − 1 zeros (width-w non-adjacent form).
 */
export function sparseDigits(magnitude: number, width: number): number[] {
  const digits: number[] = []
  const size = 2 ** width
  for (let rest = magnitude; rest > 0; ) {
    let digit = 0
    if (rest % 2 === 1) {
      digit = rest % size
      if (digit >= size / 2) digit -= size
      rest -= digit
    }
    digits.push(digit)
    rest /= 2
  }
  return digits
}

/** Signed digits of |w| in base 2^width, least significant first, within ±2^(width − 1). */
export function denseDigits(magnitude: number, width: number): number[] {
  const digits: number[] = []
  const size = 2 ** width
  for (let rest = magnitude; rest > 0; ) {
    let digit = rest % size
    if (digit > size / 2) digit -= size
    digits.push(digit)
    rest = (rest - digit) / size
  }
  return digits
}

function signedDigits(weights: Float64Array, digitsOf: (magnitude: number) => number[]): number[][] {
  return Array.from(weights, (w) => digitsOf(Math.abs(w)).map((digit) => (w < 0 ? -digit : digit)))
}

/** Odd powers of every input, shared by the heads; one chain of squarings per sign and head. */
function ownTables(weights: readonly Float64Array[], inputs: number, width: number): Priced {
  const planner = new Planner(inputs)
  const heads = weights.map((head) => signedDigits(head, (magnitude) => sparseDigits(magnitude, width)))
  const powers = Array.from({ length: inputs }, (_, j) => {
    const top = heads.reduce(
      (most, digits) => (digits[j] as number[]).reduce((a, d) => Math.max(a, Math.abs(d)), most),
      0,
    )
    const odd = [j]
    if (top > 1) {
      const square = planner.multiply(planner.fresh(), j, j)
      for (let d = 3; d <= top; d += 2) odd.push(planner.multiply(planner.fresh(), odd.at(-1) as number, square))
    }
    return odd
  })
  const results = heads.map((digits) => {
    const positive = new Accumulator(planner)
    const negative = new Accumulator(planner)
    for (let k = longest(digits) - 1; k >= 0; k--) {
      positive.square()
      negative.square()
      digits.forEach((of, j) => {
        const digit = of[k] ?? 0
        if (digit === 0) return
        const power = powers[j]?.[(Math.abs(digit) - 1) / 2] as number
        if (digit > 0) positive.times(power)
        else negative.times(power)
      })
    }
    return { positive: positive.at, negative: negative.at }
  })
  return { plan: { program: planner.finish(), heads: results }, cost: planner.cost }
}

/**
 * For each digit position, inputs with the same digit are multiplied into one bucket; ∏ bucket_d^d costs two products a
 * bucket: the running product from the top down, and the product of all running products.
 */
function buckets(weights: readonly Float64Array[], inputs: number, width: number): Priced {
  const planner = new Planner(inputs)
  const top = 2 ** (width - 1)
  const results = weights.map((head) => {
    const digits = signedDigits(head, (magnitude) => denseDigits(magnitude, width))
    // Registers of its own for every head and sign: a product may refer to a bucket until its next squaring.
    const signs = [new BucketProduct(planner, top), new BucketProduct(planner, top)] as const
    for (let k = longest(digits) - 1; k >= 0; k--) {
      for (const sign of signs) for (let i = 0; i < width; i++) sign.product.square()
      digits.forEach((of, j) => {
        const digit = of[k] ?? 0
        if (digit !== 0) signs[digit > 0 ? 0 : 1].filled[Math.abs(digit)]?.times(j)
      })
      for (const sign of signs) sign.collect()
    }
    return { positive: signs[0].product.at, negative: signs[1].product.at }
  })
  return { plan: { program: planner.finish(), heads: results }, cost: planner.cost }
}

class BucketProduct {
  readonly product: Accumulator
  /** By digit; 0 is never used. */
  readonly filled: readonly Accumulator[]
  readonly #running: Accumulator
  readonly #sum: Accumulator

  constructor(planner: Planner, top: number) {
    this.product = new Accumulator(planner)
    this.filled = Array.from({ length: top + 1 }, () => new Accumulator(planner))
    this.#running = new Accumulator(planner)
    this.#sum = new Accumulator(planner)
  }

  collect(): void {
    for (let d = this.filled.length - 1; d > 0; d--) {
      const bucket = this.filled[d] as Accumulator
      this.#running.times(bucket.at)
      this.#sum.times(this.#running.at)
      bucket.clear()
    }
    this.product.times(this.#sum.at)
    this.#running.clear()
    this.#sum.clear()
  }
}

function longest(digits: readonly (readonly number[])[]): number {
  return digits.reduce((most, of) => Math.max(most, of.length), 0)
}
