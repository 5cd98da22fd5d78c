import { inverse } from '../../core/number/integers.ts'
import type { LatticeArithmetic, LatticeHead, LatticeScoreTask } from '../../core/protocol/lattice/arithmetic.ts'
import { seedBytes } from '../../core/protocol/lattice/arithmetic.ts'
import { fieldBytes, noiseBits, type Parameters } from '../../core/protocol/lattice/parameters.ts'
import { purposes } from '../../core/protocol/lattice/stream.ts'
import type { LatticeModule } from './loader.ts'
import { centred, fieldOffsets, type Modulus, Workspace } from './workspace.ts'

/** Bytes that sums of heads may take at once; more heads are scored in turns, each of which expands the a_j anew. */
const sumBytes = 32 * 2 ** 20

/** The server's half of the lattice scheme by the kernel: to the last byte what `latticeReference` computes. */
export function latticeArithmetic(module: LatticeModule): LatticeArithmetic {
  let workspace: Workspace | null = null
  const ready = (): Workspace => {
    workspace ??= new Workspace(module)
    return workspace
  }
  return {
    firstInvalid: (parameters, coefficients, polynomials) =>
      firstInvalid(ready(), parameters, coefficients, polynomials),
    score: (task) => new Scoring(ready(), task).run(),
  }
}

function firstInvalid(work: Workspace, parameters: Parameters, coefficients: number, polynomials: Uint8Array): number {
  const moduli = work.use(parameters)
  const mark = work.mark()
  const { at, bytes } = fieldOffsets(
    moduli.map(({ p }) => p),
    coefficients,
  )
  const fields = work.take(bytes + 8)
  const values = work.doubles(coefficients)
  let found = -1
  for (let j = 0; found < 0 && j * bytes < polynomials.length; j++) {
    work.write(fields, polynomials.subarray(j * bytes, (j + 1) * bytes))
    const beyond = moduli.some(
      ({ bits, integer }, i) =>
        work.functions.unpack(values, fields + (at[i] as number), coefficients, bits, integer) === 1,
    )
    if (beyond) found = j
  }
  work.release(mark)
  return found
}

/** One request's work. Addresses are of doubles, a row per prime. */
class Scoring {
  readonly #work: Workspace
  readonly #task: LatticeScoreTask
  readonly #moduli: readonly Modulus[]
  readonly #degree: number
  readonly #count: number
  readonly #x: number
  readonly #y: number

  constructor(work: Workspace, task: LatticeScoreTask) {
    this.#work = work
    this.#task = task
    this.#moduli = work.use(task.parameters)
    this.#degree = task.parameters.degree
    this.#count = task.coefficients
    this.#x = 0
    this.#y = 0
    const mark = work.mark()
    this.#x = work.doubles(this.#degree)
    this.#y = work.doubles(this.#degree)
    this.#mark = mark
  }

  readonly #mark: number

  run(): Uint8Array<ArrayBuffer> {
    const { heads, parameters } = this.#task
    const { kept } = parameters
    const headBytes = fieldBytes(kept, this.#degree) + fieldBytes(kept, this.#count)
    const answer = new Uint8Array(heads.length * headBytes)
    const perHead = this.#moduli.length * (this.#degree + this.#count) * 8
    const atOnce = Math.max(1, Math.floor(sumBytes / perHead))
    const masks = this.#maskKey()
    for (let from = 0; from < heads.length; from += atOnce) {
      const some = heads.slice(from, from + atOnce)
      const mark = this.#work.mark()
      const sums = some.map(() => ({ a: this.#rows(this.#degree), b: this.#rows(this.#count) }))
      this.#sum(some, sums)
      for (const [h, head] of some.entries()) {
        const { a, b } = sums[h] as Sums
        this.#mask(from + h, head, a, b, masks)
        this.#drop(a, this.#degree)
        this.#drop(b, this.#count)
        this.#write(answer.subarray((from + h) * headBytes, (from + h + 1) * headBytes), a, b)
      }
      this.#work.release(mark)
    }
    this.#work.release(this.#mark)
    return answer
  }

  /** A row of zeros for each prime. */
  #rows(count: number): number[] {
    return this.#moduli.map(() => {
      const at = this.#work.doubles(count)
      this.#work.fill(at, count * 8)
      return at
    })
  }

  /** Per prime the values of a_0 and b_0, centred. */
  #maskKey(): Sums {
    const { parameters, maskKey } = this.#task
    const { functions } = this.#work
    const offsets = fieldOffsets(
      this.#moduli.map(({ p }) => p),
      this.#degree,
    )
    const a = this.#rows(this.#degree)
    const b = this.#rows(this.#degree)
    const mark = this.#work.mark()
    const fields = this.#work.take(offsets.bytes + 8)
    this.#work.write(fields, maskKey.subarray(seedBytes))
    this.#moduli.forEach(({ p, inverse, bits, integer, forward }, i) => {
      const [ai, bi] = [a[i] as number, b[i] as number]
      this.#work.stream(maskKey.subarray(0, seedBytes), parameters, purposes.expandMask, 0, i, (state, bytes) =>
        functions.uniform(ai, this.#degree, state, bytes, bits, integer),
      )
      functions.centreAll(ai, this.#degree, p, inverse)
      functions.unpack(bi, fields + (offsets.at[i] as number), this.#degree, bits, integer)
      functions.centreAll(bi, this.#degree, p, inverse)
      functions.forward(bi, forward, this.#degree, p, inverse)
      functions.centreAll(bi, this.#degree, p, inverse)
    })
    this.#work.release(mark)
    return { a, b }
  }

  /** Σ W_j·a_j, as values, and Σ W_j·b_j, for some heads. */
  #sum(heads: readonly LatticeHead[], sums: readonly Sums[]): void {
    const { parameters, seed, polynomials } = this.#task
    const { functions } = this.#work
    const { at, bytes } = fieldOffsets(
      this.#moduli.map(({ p }) => p),
      this.#count,
    )
    const mark = this.#work.mark()
    const fields = this.#work.take(bytes + 8)
    const inputs = heads[0]?.weights.length ?? 0
    /** Per head, the products that each of its sums is made of: an input without a weight is none. */
    const counts = heads.map(() => 0)
    for (let j = 0; j < inputs; j++) {
      if (heads.every(({ weights }) => weights[j] === 0)) continue
      heads.forEach(({ weights }, h) => {
        if (weights[j] !== 0) counts[h] = (counts[h] as number) + 1
      })
      this.#work.write(fields, polynomials.subarray(j * bytes, (j + 1) * bytes))
      this.#moduli.forEach(({ p, inverse, bits, integer }, i) => {
        this.#work.stream(seed, parameters, purposes.expand, j, i, (state, stream) =>
          functions.uniform(this.#x, this.#degree, state, stream, bits, integer),
        )
        functions.unpack(this.#y, fields + (at[i] as number), this.#count, bits, integer)
        heads.forEach(({ weights }, h) => {
          if (weights[j] === 0) return
          const weight = residue(weights[j] as number, p)
          const { a, b } = sums[h] as Sums
          functions.addScaled(a[i] as number, this.#x, weight, this.#degree, p, inverse)
          functions.addScaled(b[i] as number, this.#y, weight, this.#count, p, inverse)
          // Each adds at most 0.6·p, and sums stay below 16·p.
          if ((counts[h] as number) % 16 === 0) {
            functions.centreAll(a[i] as number, this.#degree, p, inverse)
            functions.centreAll(b[i] as number, this.#count, p, inverse)
          }
        })
      })
    }
    this.#work.release(mark)
  }

  /** Adds u·a_0 + e_1 to A, which becomes coefficients, and u·b_0 + e_2 + f + Δ·offset to B. */
  #mask(h: number, { offset }: LatticeHead, a: readonly number[], b: readonly number[], masks: Sums): void {
    const { parameters, randomness } = this.#task
    const { functions } = this.#work
    const [degree, count] = [this.#degree, this.#count]
    const mark = this.#work.mark()
    const draw = (purpose: (typeof purposes)[keyof typeof purposes], use: (state: number, bytes: number) => void) =>
      this.#work.stream(randomness, parameters, purpose, h, 0, use)
    const [u, e1, e2] = [degree, degree, count].map((size) => this.#work.doubles(size)) as [number, number, number]
    draw(purposes.maskFactor, (state, bytes) => functions.ternary(u, degree, state, bytes))
    draw(purposes.factorError, (state, bytes) => functions.binomial(e1, degree, state, bytes))
    draw(purposes.answerError, (state, bytes) => functions.binomial(e2, count, state, bytes))
    const bits = parameters.floodBits + 1
    const limbs = Math.ceil(bits / 32)
    const floods = this.#work.doubles(limbs * count)
    draw(purposes.flood, (state, bytes) => functions.flood(floods, count, bits, state, bytes))
    const product = this.#moduli.slice(parameters.kept.length).reduce((all, { integer }) => all * integer, 1n)
    const constant = ((product * offset) << BigInt(noiseBits)) - 3n * 2n ** BigInt(parameters.floodBits)
    this.#moduli.forEach(({ p, inverse, forward, backward, share }, i) => {
      const [ai, bi] = [a[i] as number, b[i] as number]
      this.#work.copy(this.#x, u, degree * 8)
      functions.forward(this.#x, forward, degree, p, inverse)
      functions.product(this.#y, this.#x, masks.a[i] as number, degree, p, inverse)
      functions.addTo(ai, this.#y, degree)
      functions.centreAll(ai, degree, p, inverse)
      functions.backward(ai, backward, degree, p, inverse)
      functions.scaled(ai, share, degree, p, inverse)
      functions.addTo(ai, e1, degree)
      functions.product(this.#y, this.#x, masks.b[i] as number, degree, p, inverse)
      functions.backward(this.#y, backward, degree, p, inverse)
      functions.centreAll(bi, count, p, inverse)
      functions.addScaled(bi, this.#y, share, count, p, inverse)
      functions.addTo(bi, e2, count)
      functions.addConstant(bi, centred(constant, p), count)
      for (let limb = 0; limb < limbs; limb++) {
        const power = centred(1n << BigInt(32 * limb), p)
        functions.addScaled(bi, floods + limb * count * 8, power, count, p, inverse)
        if (limb % 8 === 7) functions.centreAll(bi, count, p, inverse)
      }
    })
    // What masked this answer is not to be found.
    this.#work.fill(u, this.#work.mark() - u)
    this.#work.release(mark)
  }

  /** Divides the dropped primes away, from the last, each by its centred rest. */
  #drop(rows: readonly number[], count: number): void {
    const { functions } = this.#work
    const { kept } = this.#task.parameters
    this.#moduli.forEach(({ p, inverse }, i) => {
      // Once brings it near, and once more decides a rest next to p/2.
      functions.centreAll(rows[i] as number, count, p, inverse)
      functions.centreAll(rows[i] as number, count, p, inverse)
    })
    for (let last = this.#moduli.length - 1; last >= kept.length; last--) {
      const divisor = (this.#moduli[last] as Modulus).integer
      this.#moduli.slice(0, last).forEach(({ p, inverse: reciprocal, integer }, i) => {
        const factor = centred(inverse(divisor, integer) as bigint, p)
        functions.divided(rows[i] as number, rows[last] as number, factor, count, p, reciprocal)
        if (i === last - 1) functions.centreAll(rows[i] as number, count, p, reciprocal)
      })
    }
  }

  #write(to: Uint8Array, a: readonly number[], b: readonly number[]): void {
    const kept = this.#moduli.slice(0, this.#task.parameters.kept.length)
    const mark = this.#work.mark()
    let at = 0
    for (const [rows, count] of [
      [a, this.#degree],
      [b, this.#count],
    ] as const) {
      kept.forEach(({ p, inverse, bits }, i) => {
        const bytes = (count * bits) / 8
        const fields = this.#work.take(bytes + 8)
        this.#work.functions.pack(fields, rows[i] as number, count, bits, p, inverse)
        this.#work.read(to.subarray(at, at + bytes), fields)
        this.#work.release(mark)
        at += bytes
      })
    }
  }
}

interface Sums {
  readonly a: readonly number[]
  readonly b: readonly number[]
}

/** A weight modulo p, centred; the remainder of doubles is exact. */
function residue(weight: number, p: number): number {
  const rest = weight % p
  return 2 * rest > p ? rest - p : 2 * rest < -p ? rest + p : rest
}
