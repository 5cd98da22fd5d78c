import { toBytes } from '../core/number/bytes.ts'
import type { WeightedProduct } from '../core/protocol/paillier/arithmetic.ts'
import { type Functions, type Kernel, loadKernel } from './loader.ts'
import { PublicModulus, Workspace } from './modulus.ts'
import type { Region } from './region.ts'
import { liftOffset } from './scoring.ts'

/** Digits of more bits would take more memory for buckets than they save time. */
const mostDigitBits = 10
/** How many pairs are multiplied between two words on how far it has come. */
const together = 256

/**
 * Products with weights that are used once, by buckets (Pippenger, 1976): of each digit of the weights, ciphertexts with the same
 * value are multiplied together, and the values' products are raised by running products. Neighbours stand in the lanes, each with
 * buckets of its own; those of weight 0 are left out before, so that no lane is idle, but for a digit of 0 beside another.
 */
export function kernelProduct(kernel: Kernel): WeightedProduct {
  const workspace = new Workspace(kernel)
  return (n, ciphertexts, weights, onDone = () => {}) => {
    const used = Uint32Array.from(weights.keys()).filter((i) => (weights[i] as number) > 0)
    const modulus = new PublicModulus(workspace, n)
    // A ciphertext is loaded as the Montgomery form of c·R^-2 (scoring.ts).
    const sum = used.reduce((total, i) => total + BigInt(weights[i] as number), 0n)
    const factor = liftOffset(modulus, new Uint8Array(n.length), 2n * sum + 2n)
    return modulus.use((region, work) => {
      const buckets = new Buckets(region, work, modulus.size, shapeOf(weights, used.length))
      buckets.fill(ciphertexts, 2 * n.length, weights, used, onDone)
      return finished(region, work, buckets.product(), factor, 2 * n.length)
    })
  }
}

/** The same where the platform runs the kernel, else what is given. */
export function productOr(otherwise: WeightedProduct): WeightedProduct {
  const { kernel } = loadKernel()
  return kernel ? kernelProduct(kernel) : otherwise
}

interface Shape {
  readonly digitBits: number
  readonly digits: number
}

/** Digits for the fewest multiplications: each takes one for every pair, and two for every value that it may have. */
function shapeOf(weights: Float64Array, used: number): Shape {
  const bits = Math.max(1, weights.reduce((most, weight) => Math.max(most, weight), 0).toString(2).length)
  const shapes = Array.from({ length: mostDigitBits }, (_, i) => ({
    digitBits: i + 1,
    digits: Math.ceil(bits / (i + 1)),
  }))
  const costOf = ({ digitBits, digits }: Shape): number => digits * (used / 2 + 2 * 2 ** digitBits)
  return shapes.reduce((best, shape) => (costOf(shape) < costOf(best) ? shape : best))
}

/** Per digit and value, two products in the lanes. Those of value 0 take what is not wanted. */
class Buckets {
  readonly #region: Region
  readonly #functions: Functions
  readonly #work: number
  readonly #size: number
  readonly #shape: Shape
  /** Addresses: all buckets; numbers that are worked with. */
  readonly #at: number
  readonly #pair: number
  readonly #chosen: number
  readonly #filled: Uint8Array

  constructor(region: Region, work: number, size: number, shape: Shape) {
    const count = shape.digits * 2 ** shape.digitBits
    this.#region = region
    this.#functions = region.functions
    this.#work = work
    this.#size = size
    this.#shape = shape
    this.#at = region.take(count * size)
    this.#pair = region.take(size)
    this.#chosen = region.take(size)
    this.#filled = new Uint8Array(count)
    for (let i = 0; i < count; i++) this.#functions.setMontgomeryOne(this.#at + i * size)
  }

  /** Multiplies each of `used` into its digits' buckets. */
  fill(
    ciphertexts: Uint8Array,
    width: number,
    weights: Float64Array,
    used: Uint32Array,
    onDone: (part: number) => void,
  ): void {
    const region = this.#region
    const input = region.take(2 * width)
    const lanes = new Uint32Array(region.memory.buffer)
    for (let i = 0; i < used.length; i += 2) {
      if (i % (2 * together) === 0) onDone(i / used.length)
      const first = used[i] as number
      // Of an odd number the last stands twice in the lanes, the second time for nothing.
      const second = used[i + 1] ?? first
      const [own, other] = [weights[first] as number, i + 1 < used.length ? (weights[second] as number) : 0]
      region.write(input, ciphertexts.subarray(first * width, (first + 1) * width))
      region.write(input + width, ciphertexts.subarray(second * width, (second + 1) * width))
      this.#functions.load2(this.#pair, input, input + width, width, this.#work)
      for (let digit = 0; digit < this.#shape.digits; digit++) {
        this.#multiply(lanes, this.#bucketOf(digit, own), this.#bucketOf(digit, other))
      }
    }
  }

  /** The product of all, as a lifted number in both lanes. */
  product(): number {
    const { digitBits, digits } = this.#shape
    const [product, running, above] = [0, 0, 0].map(() => this.#region.take(this.#size)) as [number, number, number]
    this.#functions.setMontgomeryOne(product)
    for (let digit = digits - 1; digit >= 0; digit--) {
      for (let i = 0; i < digitBits; i++) this.#functions.liftSquare(product, product)
      if (!this.#run(digit, running, above)) continue
      this.#functions.liftMultiply(product, product, running)
    }
    // What is in the other lane.
    const lanes = new Uint32Array(this.#region.memory.buffer)
    copyLane(lanes, running, 0, product, 1, this.#size)
    copyLane(lanes, running, 1, product, 0, this.#size)
    this.#functions.liftMultiply(product, product, running)
    return product
  }

  /** ∏ b_v^v of a digit's buckets in `running`; false where that is 1. */
  #run(digit: number, running: number, above: number): boolean {
    const first = digit * 2 ** this.#shape.digitBits
    let isBegun = false
    this.#functions.setMontgomeryOne(running)
    this.#functions.setMontgomeryOne(above)
    for (let v = 2 ** this.#shape.digitBits - 1; v > 0; v--) {
      if (this.#filled[first + v]) {
        this.#functions.liftMultiply(above, above, this.#at + (first + v) * this.#size)
        isBegun = true
      }
      if (isBegun) this.#functions.liftMultiply(running, running, above)
    }
    return isBegun
  }

  #bucketOf(digit: number, weight: number): number {
    const values = 2 ** this.#shape.digitBits
    return digit * values + (Math.floor(weight / values ** digit) % values)
  }

  /** Multiplies the pair's lanes into a bucket each. */
  #multiply(lanes: Uint32Array, first: number, second: number): void {
    const values = 2 ** this.#shape.digitBits
    if (first % values === 0 && second % values === 0) return
    this.#filled[first] = 1
    this.#filled[second] = 1
    const [size, functions, chosen] = [this.#size, this.#functions, this.#chosen]
    const [one, other] = [this.#at + first * size, this.#at + second * size]
    if (first === second) {
      functions.liftMultiply(one, one, this.#pair)
      return
    }
    copyLane(lanes, chosen, 0, one, 0, size)
    copyLane(lanes, chosen, 1, other, 1, size)
    functions.liftMultiply(chosen, chosen, this.#pair)
    copyLane(lanes, one, 0, chosen, 0, size)
    copyLane(lanes, other, 1, chosen, 1, size)
  }
}

/** Copies a lane of a number, which is every other pair of words. */
function copyLane(words: Uint32Array, to: number, toLane: 0 | 1, from: number, fromLane: 0 | 1, size: number): void {
  const target = to / 4 + 2 * toLane
  const source = from / 4 + 2 * fromLane
  for (let i = 0; i < size / 4; i += 4) {
    words[target + i] = words[source + i] as number
    words[target + i + 1] = words[source + i + 1] as number
  }
}

/** The number below n² that a product is of, out of Montgomery form. */
function finished(region: Region, work: number, product: number, factor: Uint8Array, width: number) {
  const [factors, io] = [region.take(factor.length), region.take(2 * width)]
  const one = toBytes(1n, width)
  region.write(factors, factor)
  region.write(io, one)
  region.write(io + width, one)
  region.functions.finish(io, width, product, 0, factors, work)
  return region.read(io, width)
}
