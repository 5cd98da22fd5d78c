/*
 * A program: triples (to, left, right) over numbered registers, each a product, or a square where left is right. The
 * module runs it in one call (assembly/public.ts), so that every exponentiation with a known exponent is planned here once
 * and costs nothing per ciphertext.
 */
export interface Program {
  /** Triples, flat. */
  readonly steps: Uint32Array<ArrayBuffer>
  readonly registers: number
}

/** What a lifted product and a lifted square cost in units of n² limb products (assembly/lifted.ts). */
const productCost = 5
const squareCost = 3.5

export class Planner {
  readonly #steps: number[] = []
  #registers: number
  cost = 0

  constructor(inputs: number) {
    this.#registers = inputs
  }

  fresh(): number {
    return this.#registers++
  }

  multiply(to: number, left: number, right: number): number {
    this.#steps.push(to, left, right)
    this.cost += left === right ? squareCost : productCost
    return to
  }

  finish(): Program {
    return { steps: Uint32Array.from(this.#steps), registers: this.#registers }
  }
}

/** A product under way: no register until its first factor, which it then only refers to. */
export class Accumulator {
  readonly #planner: Planner
  readonly #own: number
  /** The register that holds the value; -1 while it is 1. */
  at = -1

  constructor(planner: Planner) {
    this.#planner = planner
    this.#own = planner.fresh()
  }

  times(register: number): void {
    if (register < 0) return
    this.at = this.at < 0 ? register : this.#planner.multiply(this.#own, this.at, register)
  }

  square(): void {
    if (this.at >= 0) this.at = this.#planner.multiply(this.#own, this.at, this.at)
  }

  clear(): void {
    this.at = -1
  }
}

/**
 * Register 0 to the power of a positive exponent, given as big-endian bytes, in sliding windows of `width` bits.
 * Returns the program and the register of the result.
 */
export function planPower(exponent: Uint8Array, width: number): { program: Program; result: number } {
  const bits = Array.from(exponent, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const planner = new Planner(1)
  const odd = [0]
  if (width > 1) {
    const square = planner.multiply(planner.fresh(), 0, 0)
    for (let i = 1; i < 2 ** (width - 1); i++) {
      odd.push(planner.multiply(planner.fresh(), odd[i - 1] as number, square))
    }
  }
  const product = new Accumulator(planner)
  for (let i = 0; i < bits.length; ) {
    if (bits[i] === '0') {
      product.square()
      i++
      continue
    }
    let end = Math.min(i + width, bits.length)
    while (bits[end - 1] === '0') end--
    for (let k = i; k < end; k++) product.square()
    product.times(odd[(Number.parseInt(bits.slice(i, end), 2) - 1) / 2] as number)
    i = end
  }
  return { program: planner.finish(), result: product.at }
}
