import { fromBytes, toBytes } from '../../core/number/bytes.ts'
import { compiled, type Functions, type Kernel, loadKernel } from '../loader.ts'
import { Region } from '../region.ts'
import { limbsFor } from '../sizes.ts'

// Nothing of Node's here: the browser runs it too.

export function random(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count)
  for (let at = 0; at < count; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536))
  return bytes
}

let own: Kernel | null = null

/** The kernel that is tested: the one that this platform loads, unless another was chosen. */
export function kernel(): Kernel {
  const { kernel, reason } = loadKernel()
  return own ?? kernel ?? fail(reason)
}

/** Has the module be tested that needs no relaxed SIMD. */
export function choosePlain(): void {
  const plain = compiled('plain')
  own = typeof plain === 'object' ? plain : fail(plain)
}

function fail(why: string): never {
  throw new Error(why)
}

export function randomBits(bits: number): bigint {
  return fromBytes(random(Math.ceil(bits / 8) + 1)) & ((1n << BigInt(bits)) - 1n)
}

const limbBits = 51n
const mask = (1n << limbBits) - 1n

/** One modulus per lane on the bare module: numbers in and out as pairs of bigints, a lane each. */
export class Bench {
  readonly functions: Functions
  readonly limbs: number
  readonly r: bigint
  readonly moduli: readonly [bigint, bigint]
  readonly #region: Region

  constructor(bits: number, moduli: readonly [bigint, bigint]) {
    const memory = kernel().newMemory(false)
    this.functions = kernel().instantiate(memory, false)
    this.#region = new Region(this.functions, memory, 0)
    this.limbs = limbsFor(bits)
    this.r = 1n << (limbBits * BigInt(this.limbs))
    this.moduli = moduli
    const at = this.#region.take(this.functions.modulusBytes(this.limbs))
    this.put(at + 32, this.limbs, moduli)
    this.functions.prepareModulus(at, this.limbs)
    if (bits <= 4096) this.functions.prepareLifted(bits)
  }

  room(limbs: number): number {
    return this.#region.take(16 * limbs)
  }

  bytes(at: number, length: number): Uint8Array {
    return this.#region.view(at, length)
  }

  put(at: number, limbs: number, lanes: readonly [bigint, bigint]): number {
    const words = new Float64Array(this.#region.memory.buffer, at, 2 * limbs)
    lanes.forEach((value, lane) => {
      for (let k = 0; k < limbs; k++, value >>= limbBits) words[2 * k + lane] = Number(value & mask)
      if (value !== 0n) throw new Error('The number has more limbs.')
    })
    return at
  }

  place(limbs: number, lanes: readonly [bigint, bigint]): number {
    return this.put(this.room(limbs), limbs, lanes)
  }

  /** Both lanes; every limb is checked to be an integer in [0, 2^51). */
  get(at: number, limbs: number): [bigint, bigint] {
    const words = new Float64Array(this.#region.memory.buffer, at, 2 * limbs)
    return [0, 1].map((lane) => {
      let value = 0n
      for (let k = limbs - 1; k >= 0; k--) {
        const limb = words[2 * k + lane] as number
        if (!Number.isInteger(limb) || limb < 0 || limb >= 2 ** 51) throw new Error(`Limb ${k} is out of range.`)
        value = (value << limbBits) | BigInt(limb)
      }
      return value
    }) as [bigint, bigint]
  }

  /** A lifted number, as the pair (a, b) of each lane. */
  placeLifted(lanes: readonly [readonly [bigint, bigint], readonly [bigint, bigint]]): number {
    const at = this.place(this.limbs, [lanes[0][0], lanes[1][0]])
    const second = this.place(this.limbs, [lanes[0][1], lanes[1][1]])
    // The two parts are one number: nothing may stand between them.
    if (second !== at + 16 * this.limbs) this.put(at + 16 * this.limbs, this.limbs, [lanes[0][1], lanes[1][1]])
    return at
  }

  /** a + b·N of each lane; both parts are checked to be below 2N. */
  getLifted(at: number): [bigint, bigint] {
    const a = this.get(at, this.limbs)
    const b = this.get(at + 16 * this.limbs, this.limbs)
    return this.moduli.map((n, lane) => {
      const [low, high] = [a[lane] as bigint, b[lane] as bigint]
      if (low >= 2n * n || high >= 2n * n) throw new Error('A part is not below 2N.')
      return low + high * n
    }) as [bigint, bigint]
  }
}

export const widths = [8, 16, 43, 44, 64, 93, 94, 95, 128, 196, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192]

/** Odd moduli of exactly `bits` bits at the edges of the range, and in the middle. */
export function adversarialModuli(bits: number): bigint[] {
  const top = 1n << BigInt(bits - 1)
  const ones = (1n << BigInt(bits)) - 1n
  // Zero limbs between full ones, and low limbs 1 or all ones: the extremes of -1/N modulo 2^51.
  let comb = 0n
  for (let k = 0n; k < BigInt(bits); k += 2n * limbBits) comb |= mask << k
  return [ones, top + 1n, ones - 2n, (comb & ones) | top | 1n, top | mask | 1n, randomBits(bits) | top | 1n].map(
    (n) => n & ones,
  )
}

/** Values below 2n at the edges, and in the middle. */
export function corners(n: bigint, bits: number): bigint[] {
  const full = (1n << (limbBits * BigInt(limbsFor(bits) - 1))) - 1n
  const some = [
    0n,
    1n,
    2n,
    n - 1n,
    n,
    n + 1n,
    2n * n - 1n,
    2n * n - 2n,
    full,
    n >> 1n,
    randomBits(bits),
    randomBits(bits),
  ]
  return some.filter((value) => value >= 0n && value < 2n * n)
}

export function inverse(a: bigint, m: bigint): bigint {
  let [r0, r1, t0, t1] = [m, ((a % m) + m) % m, 0n, 1n]
  while (r1 > 0n) [r0, r1, t0, t1] = [r1, r0 % r1, t1, t0 - (r0 / r1) * t1]
  return ((t0 % m) + m) % m
}

/** Primes of `bits` bits with the top bit set and p ≠ q; found by Fermat, which is enough for a test. */
export function primePair(bits: number): [Uint8Array, Uint8Array] {
  const p = prime(bits)
  let q = prime(bits)
  while (q === p) q = prime(bits)
  return [toBytes(p, bits / 8), toBytes(q, bits / 8)]
}

function prime(bits: number): bigint {
  for (;;) {
    const p = randomBits(bits) | (3n << BigInt(bits - 2)) | 1n
    if ([3n, 5n, 7n, 11n, 13n, 17n, 19n].every((s) => p === s || p % s !== 0n) && power(2n, p - 1n, p) === 1n) return p
  }
}

export function power(base: bigint, exponent: bigint, m: bigint): bigint {
  let result = 1n
  for (let b = base % m, e = exponent; e > 0n; e >>= 1n, b = (b * b) % m) if (e & 1n) result = (result * b) % m
  return result
}
