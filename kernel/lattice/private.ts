import { fail } from '../../core/faults.ts'
import { productOf } from '../../core/number/integers.ts'
import type { LatticeKey, LatticeOwnerArithmetic, LatticeRequest } from '../../core/private/lattice/arithmetic.ts'
import { seedBytes } from '../../core/protocol/lattice/arithmetic.ts'
import { bitsOf, noiseBits, noiseLimit, type Parameters } from '../../core/protocol/lattice/parameters.ts'
import { purposes, Stream } from '../../core/protocol/lattice/stream.ts'
import type { LatticeFunctions, LatticeModule } from './loader.ts'
import { centred, fieldOffsets, type Modulus, readBeyond, Workspace } from './workspace.ts'

/** The owner's half of the lattice scheme by the kernel: to the last byte what `latticeOwnerReference` computes. */
export function latticeOwnerArithmetic(module: LatticeModule): LatticeOwnerArithmetic {
  return { key: (parameters, secret) => new KernelKey(module, parameters, secret) }
}

/** A key with an instance of the module of its own, so that letting go of it overwrites a whole memory. */
class KernelKey implements LatticeKey {
  readonly #parameters: Parameters
  readonly #moduli: readonly Modulus[]
  readonly #secret: Uint8Array
  /** Per prime the values of −s/N, centred. */
  readonly #s: readonly number[]
  /** Per kept prime, what makes its digit of an integer: see assembly/open.ts. */
  readonly #radix: readonly Digit[]
  readonly #x: number
  #work: Workspace | null

  constructor(module: LatticeModule, parameters: Parameters, secret: Uint8Array) {
    const work = new Workspace(module)
    const { degree } = parameters
    this.#work = work
    this.#parameters = parameters
    this.#secret = secret.slice()
    this.#moduli = work.use(parameters)
    this.#x = work.doubles(degree)
    const { functions } = work
    work.stream(secret, parameters, purposes.secret, 0, 0, (state, bytes) =>
      functions.ternary(this.#x, degree, state, bytes),
    )
    const values = work.doubles(degree)
    this.#s = this.#moduli.map(({ p, inverse, forward, share }) => {
      const at = work.doubles(degree)
      work.copy(values, this.#x, degree * 8)
      functions.forward(values, forward, degree, p, inverse)
      work.fill(at, degree * 8)
      functions.addScaled(at, values, -share, degree, p, inverse)
      functions.centreAll(at, degree, p, inverse)
      return at
    })
    work.fill(this.#x, degree * 8)
    work.fill(values, degree * 8)
    this.#radix = this.#moduli.slice(0, parameters.kept.length).map(({ p, inverse, integer, reciprocals }, i) => {
      const before = this.#moduli.slice(0, i).map((modulus) => modulus.integer)
      const products = work.doubles(Math.max(1, i))
      work.writeDoubles(
        products,
        before.map((_, k) => centred(productOf(before.slice(0, k)), p)),
      )
      const factor = centred(productOf(reciprocals.slice(0, i).map(BigInt)) % integer, p)
      return { p, inverse, products, factor }
    })
  }

  maskKey(): Uint8Array<ArrayBuffer> {
    const work = this.#open()
    const parameters = this.#parameters
    const { degree } = parameters
    const seed = new Stream(this.#secret, parameters, purposes.maskSeed).bytes(seedBytes)
    const { bytes } = this.#offsets(degree)
    const key = new Uint8Array(seedBytes + bytes)
    key.set(seed)
    const mark = work.mark()
    const e = work.doubles(degree)
    work.stream(this.#secret, parameters, purposes.maskError, 0, 0, (state, stream) =>
      work.functions.binomial(e, degree, state, stream),
    )
    this.#hide(seed, purposes.expandMask, 0, degree, e, null, key.subarray(seedBytes))
    work.fill(e, degree * 8)
    work.release(mark)
    return key
  }

  encrypt({ seed, errorSeed, coefficients, maxima, place }: LatticeRequest, to: Uint8Array): void {
    const work = this.#open()
    const parameters = this.#parameters
    const perInput = coefficients * parameters.slots
    const { bytes } = this.#offsets(coefficients)
    const mark = work.mark()
    const e = work.doubles(coefficients)
    const at = work.doubles(perInput)
    work.fill(at, perInput * 8)
    const factors = { whole: this.#factors((factor) => [factor]), halves: this.#factors(halvesOf) }
    for (const [j, most] of maxima.entries()) {
      work.stream(errorSeed, parameters, purposes.error, j, 0, (state, stream) =>
        work.functions.binomial(e, coefficients, state, stream),
      )
      // Inputs are put in the same places, so that what was zero once stays zero.
      place(j, new Float64Array(work.memory.buffer, at, perInput))
      const message = { at, ...this.#adder(most, factors) }
      this.#hide(seed, purposes.expand, j, coefficients, e, message, to.subarray(j * bytes, (j + 1) * bytes))
    }
    work.fill(mark, work.mark() - mark)
    work.release(mark)
  }

  /** How messages of values up to `most` are added: see assembly/polynomial.ts. */
  #adder(most: number, { whole, halves }: { readonly whole: readonly number[]; readonly halves: readonly number[] }) {
    const { functions } = this.#open()
    const sum = most * this.#parameters.slots
    const widest = Math.max(...this.#moduli.map(({ p }) => p))
    if (sum * (widest / 2) < 2 ** 52) return { add: functions.addTinyMessage, factors: whole }
    if (sum * 2 ** 25 < 2 ** 53) return { add: functions.addShortMessage, factors: halves }
    return { add: functions.addMessage, factors: whole }
  }

  /** Per prime, where the factors 2^(T·r)·Δ of a coefficient's records are, each in so many parts, part by part. */
  #factors(split: (factor: number) => readonly number[]): number[] {
    const work = this.#open()
    const { kept, slots, slotBits } = this.#parameters
    const product = this.#moduli.slice(kept.length).reduce((all, { integer }) => all * integer, 1n)
    return this.#moduli.map(({ p }) => {
      const parts = Array.from({ length: slots }, (_, r) =>
        split(centred(product << BigInt(noiseBits + slotBits * r), p)),
      )
      const count = parts[0]?.length ?? 1
      const at = work.doubles(slots * count)
      const values = Array.from({ length: count }, (_, part) => parts.map((factor) => factor[part] as number))
      work.writeDoubles(at, values.flat())
      return at
    })
  }

  /** Writes the fields of −a·s + e + Δ·M, for the first `count` coefficients. */
  #hide(
    seed: Uint8Array,
    purpose: (typeof purposes)[keyof typeof purposes],
    polynomial: number,
    count: number,
    e: number,
    message: Message | null,
    to: Uint8Array,
  ): void {
    const work = this.#open()
    const { functions } = work
    const { degree, slots } = this.#parameters
    const { at } = this.#offsets(count)
    const mark = work.mark()
    const x = this.#x
    this.#moduli.forEach(({ p, inverse, bits, backward }, i) => {
      work.stream(seed, this.#parameters, purpose, polynomial, i, (state, stream) =>
        functions.uniformTimes(x, this.#s[i] as number, degree, state, stream, bits, p, inverse),
      )
      functions.backward(x, backward, degree, p, inverse)
      if (message === null) functions.addTo(x, e, 0, count)
      else message.add(x, e, message.at, message.factors[i] as number, slots, count, p, inverse)
      const bytes = (count * bits) / 8
      const fields = work.take(bytes + 8)
      functions.pack(fields, x, count, bits, p, inverse)
      work.read(to.subarray(at[i] as number, (at[i] as number) + bytes), fields)
      work.release(mark)
    })
  }

  decrypt(coefficients: number, answer: Uint8Array, to: Uint8Array): number {
    const work = this.#open()
    const { functions } = work
    const { kept, degree, slots, slotBits } = this.#parameters
    const mark = work.mark()
    const moduli = this.#moduli.slice(0, kept.length)
    const a = fieldOffsets(kept, degree)
    const b = fieldOffsets(kept, coefficients)
    const fields = work.take(Math.max(a.most, b.most) + readBeyond)
    const apart = coefficients * 8
    const digits = work.take(kept.length * apart)
    moduli.forEach(({ p, inverse, bits, forward, backward }, i) => {
      const row = digits + i * apart
      work.write(fields, answer.subarray(a.at[i] as number, (a.at[i] as number) + (degree * bits) / 8))
      functions.unpack(this.#x, fields, degree, bits)
      functions.centreAll(this.#x, degree, p, inverse)
      functions.forward(this.#x, forward, degree, p, inverse)
      functions.product(this.#x, this.#x, this.#s[i] as number, degree, p, inverse)
      functions.backward(this.#x, backward, degree, p, inverse)
      const from = a.bytes + (b.at[i] as number)
      work.write(fields, answer.subarray(from, from + (coefficients * bits) / 8))
      functions.unpack(row, fields, coefficients, bits)
      functions.addScaled(row, this.#x, -1, coefficients, p, inverse)
      functions.centreAll(row, coefficients, p, inverse)
    })
    this.#digits(digits, apart, coefficients)
    const length = Math.ceil((slotBits * slots) / 8)
    const limbs = Math.ceil(bitsOf(kept) / 32) + 1
    const primes = work.take(kept.length * 8)
    const words = work.take(limbs * 4)
    const plaintexts = work.take(coefficients * length)
    new BigInt64Array(work.memory.buffer).set(kept.map(BigInt), primes / 8)
    const limit = noiseLimit(degree)
    const spoiled = functions.messages(
      plaintexts,
      length,
      digits,
      apart,
      primes,
      kept.length,
      coefficients,
      slotBits * slots,
      limit,
      words,
      limbs,
    )
    work.read(to, plaintexts)
    work.fill(mark, work.mark() - mark)
    work.release(mark)
    return spoiled
  }

  /** The rows of residues become digits in mixed radix, in place (Garner). */
  #digits(digits: number, apart: number, count: number): void {
    this.#radix.forEach(({ p, inverse, products, factor }, i) => {
      this.#open().functions.digit(digits + i * apart, digits, apart, i, products, factor, count, p, inverse)
    })
  }

  #offsets(count: number): { at: number[]; bytes: number } {
    return fieldOffsets(
      this.#moduli.map(({ p }) => p),
      count,
    )
  }

  #open(): Workspace {
    return this.#work ?? fail('key/locked', 'keyLetGo')
  }

  dispose(): void {
    this.#secret.fill(0)
    if (this.#work) new Uint8Array(this.#work.memory.buffer).fill(0)
    this.#work = null
  }
}

interface Digit {
  readonly p: number
  readonly inverse: number
  /** Where the products of the primes before it are, modulo it and centred. */
  readonly products: number
  /** The inverse of all of them. */
  readonly factor: number
}

interface Message {
  readonly at: number
  readonly factors: readonly number[]
  readonly add: LatticeFunctions['addMessage']
}

/** A centred factor as low + high·2^24, both halves within ±2^24. */
function halvesOf(factor: number): readonly number[] {
  const high = Math.round(factor / 2 ** 24)
  return [factor - high * 2 ** 24, high]
}
