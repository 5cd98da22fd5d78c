import type { LatticeArithmetic, LatticeHead, LatticeScoreTask } from '../../core/protocol/lattice/arithmetic.ts'
import { seedBytes } from '../../core/protocol/lattice/arithmetic.ts'
import { fieldBytes, noiseBits, type Parameters } from '../../core/protocol/lattice/parameters.ts'
import { purposes } from '../../core/protocol/lattice/stream.ts'
import type { LatticeModule } from './loader.ts'
import { centred, fieldOffsets, type Modulus, readBeyond, Workspace } from './workspace.ts'

/** Bytes that sums of heads may take at once; more heads are scored in turns, each of which expands the a_j anew. */
const sumBytes = 32 * 2 ** 20

/** The server's half of the lattice scheme by the kernel: to the last byte what `latticeReference` computes. */
export function latticeArithmetic(module: LatticeModule): LatticeArithmetic {
  let server: { readonly work: Workspace; readonly masks: MaskKeys } | null = null
  const ready = () => {
    if (server === null) {
      const work = new Workspace(module)
      server = { work, masks: new MaskKeys(work) }
    }
    return server
  }
  return {
    firstInvalid: (parameters, coefficients, polynomials) =>
      firstInvalid(ready().work, parameters, coefficients, polynomials),
    score: (task, to) => {
      const { work, masks } = ready()
      new Scoring(work, masks.of(task), task).run(to)
    },
  }
}

function firstInvalid(work: Workspace, parameters: Parameters, coefficients: number, polynomials: Uint8Array): number {
  const moduli = work.use(parameters)
  const mark = work.mark()
  const { at, bytes, most } = fieldOffsets(
    moduli.map(({ p }) => p),
    coefficients,
  )
  const fields = work.take(most + readBeyond)
  let found = -1
  for (let j = 0; found < 0 && j * bytes < polynomials.length; j++) {
    const beyond = moduli.some(({ bits, integer }, i) => {
      const from = j * bytes + (at[i] as number)
      work.write(fields, polynomials.subarray(from, from + (coefficients * bits) / 8))
      return work.functions.beyond(fields, coefficients, bits, integer) === 1
    })
    if (beyond) found = j
  }
  work.release(mark)
  return found
}

/** Addresses of doubles, a row per prime. */
interface Rows {
  readonly a: readonly number[]
  readonly b: readonly number[]
}

/** The values of a_0 and b_0, centred, of the mask key that was used last: a run's requests all come with one. */
class MaskKeys {
  readonly #work: Workspace
  #held: { readonly moduli: readonly Modulus[]; readonly rows: Rows; readonly bytes: number } | null = null
  #isFilled = false

  constructor(work: Workspace) {
    this.#work = work
  }

  of({ parameters, maskKey }: LatticeScoreTask): Rows {
    const work = this.#work
    const moduli = work.use(parameters)
    // A count of 16 bytes, with room for what is read beyond the last field.
    const room = Math.ceil((maskKey.length + readBeyond) / 16) * 16
    if (this.#held?.moduli !== moduli) {
      // Nothing else is handed out between two requests: this room is behind the tables, and lasts as long as they do.
      const rows = () => moduli.map(() => work.doubles(parameters.degree))
      this.#held = { moduli, rows: { a: rows(), b: rows() }, bytes: work.take(room) }
      this.#isFilled = false
    }
    const { rows, bytes } = this.#held
    const mark = work.mark()
    const given = work.take(room)
    work.fill(given + room - 16, 16)
    work.write(given, maskKey)
    if (!this.#isFilled || work.functions.differ(bytes, given, room) === 1) {
      this.#isFilled = false
      work.copy(bytes, given, room)
      this.#expand(parameters, maskKey.subarray(0, seedBytes), bytes + seedBytes, rows)
      this.#isFilled = true
    }
    work.release(mark)
    return rows
  }

  #expand(parameters: Parameters, seed: Uint8Array, fields: number, { a, b }: Rows): void {
    const { functions } = this.#work
    const { degree } = parameters
    const moduli = this.#work.use(parameters)
    const { at } = fieldOffsets(
      moduli.map(({ p }) => p),
      degree,
    )
    moduli.forEach(({ p, inverse, bits, forward }, i) => {
      const [ai, bi] = [a[i] as number, b[i] as number]
      this.#work.stream(seed, parameters, purposes.expandMask, 0, i, (state, bytes) =>
        functions.uniform(ai, degree, state, bytes, bits, p),
      )
      functions.centreAll(ai, degree, p, inverse)
      functions.unpack(bi, fields + (at[i] as number), degree, bits)
      functions.centreAll(bi, degree, p, inverse)
      functions.forward(bi, forward, degree, p, inverse)
      functions.centreAll(bi, degree, p, inverse)
    })
  }
}

/** One request's work. Addresses are of doubles, a row per prime. */
class Scoring {
  readonly #work: Workspace
  readonly #task: LatticeScoreTask
  readonly #masks: Rows
  readonly #moduli: readonly Modulus[]
  readonly #degree: number
  readonly #count: number
  readonly #x: number
  readonly #y: number

  constructor(work: Workspace, masks: Rows, task: LatticeScoreTask) {
    this.#work = work
    this.#masks = masks
    this.#task = task
    this.#moduli = work.use(task.parameters)
    this.#degree = task.parameters.degree
    this.#count = task.coefficients
    this.#mark = work.mark()
    this.#x = work.doubles(this.#degree)
    this.#y = work.doubles(this.#degree)
  }

  readonly #mark: number

  run(to: Uint8Array): void {
    const { heads, parameters } = this.#task
    const { kept } = parameters
    const headBytes = fieldBytes(kept, this.#degree) + fieldBytes(kept, this.#count)
    const perHead = this.#moduli.length * (this.#degree + this.#count) * 8
    const atOnce = Math.max(1, Math.floor(sumBytes / perHead))
    for (let from = 0; from < heads.length; from += atOnce) {
      const some = heads.slice(from, from + atOnce)
      const mark = this.#work.mark()
      const sums = some.map(() => ({ a: this.#rows(this.#degree), b: this.#rows(this.#count) }))
      this.#sum(some, sums)
      for (const [h, head] of some.entries()) {
        const { a, b } = sums[h] as Rows
        this.#mask(from + h, head, a, b)
        this.#drop(a, this.#degree)
        this.#drop(b, this.#count)
        this.#write(to.subarray((from + h) * headBytes, (from + h + 1) * headBytes), a, b)
      }
      this.#work.release(mark)
    }
    this.#work.release(this.#mark)
  }

  /** A row of zeros for each prime. */
  #rows(count: number): number[] {
    return this.#moduli.map(() => {
      const at = this.#work.doubles(count)
      this.#work.fill(at, count * 8)
      return at
    })
  }

  /** Σ W_j·a_j, as values, and Σ W_j·b_j, for some heads. */
  #sum(heads: readonly LatticeHead[], sums: readonly Rows[]): void {
    const { parameters, seed, polynomials } = this.#task
    const { functions } = this.#work
    const [degree, count] = [this.#degree, this.#count]
    const { at, bytes, most } = fieldOffsets(
      this.#moduli.map(({ p }) => p),
      count,
    )
    const mark = this.#work.mark()
    const fields = this.#work.take(most + readBeyond)
    const terms = this.#work.doubles(2 * heads.length)
    const steps = stepsOf(heads)
    // Prime by prime, so that one prime's sums stay in a near cache while all inputs are added to them.
    this.#moduli.forEach(({ p, inverse, bits }, i) => {
      for (const { j, taking } of steps) {
        const weights = taking.map(({ weight }) => residue(weight, p))
        const to = (rows: 'a' | 'b'): void =>
          this.#work.writeDoubles(
            terms,
            taking.flatMap(({ h }, k) => [sums[h]?.[rows][i] as number, weights[k] as number]),
          )
        to('a')
        this.#work.stream(seed, parameters, purposes.expand, j, i, (state, stream) =>
          functions.addUniform(terms, taking.length, this.#x, degree, state, stream, bits, p, inverse),
        )
        to('b')
        const from = j * bytes + (at[i] as number)
        this.#work.write(fields, polynomials.subarray(from, from + (count * bits) / 8))
        functions.addFields(terms, taking.length, this.#y, fields, count, bits, p, inverse)
        for (const { h, isFull } of taking) {
          if (!isFull) continue
          functions.centreAll(sums[h]?.a[i] as number, degree, p, inverse)
          functions.centreAll(sums[h]?.b[i] as number, count, p, inverse)
        }
      }
    })
    this.#work.release(mark)
  }

  /** Adds u·a_0 + e_1 to A, which becomes coefficients, and u·b_0 + e_2 + f + Δ·offset to B. */
  #mask(h: number, { offset }: LatticeHead, a: readonly number[], b: readonly number[]): void {
    const masks = this.#masks
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
      functions.addProduct(ai, this.#x, masks.a[i] as number, degree, p, inverse)
      functions.centreAll(ai, degree, p, inverse)
      functions.backward(ai, backward, degree, p, inverse)
      this.#work.copy(this.#y, ai, degree * 8)
      this.#work.copy(ai, e1, degree * 8)
      functions.addScaled(ai, this.#y, share, degree, p, inverse)
      functions.product(this.#y, this.#x, masks.b[i] as number, degree, p, inverse)
      functions.backward(this.#y, backward, degree, p, inverse)
      functions.centreAll(bi, count, p, inverse)
      functions.addScaled(bi, this.#y, share, count, p, inverse)
      functions.addTo(bi, e2, centred(constant, p), count)
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
    // Of rests alone it matters which of two residues stands for one; the others are below 16·p, which is near enough.
    this.#moduli.slice(kept.length).forEach(({ p, inverse }, k) => {
      const i = kept.length + k
      // Once brings it near, and once more decides a rest next to p/2.
      functions.centreAll(rows[i] as number, count, p, inverse)
      functions.centreAll(rows[i] as number, count, p, inverse)
    })
    for (let last = this.#moduli.length - 1; last >= kept.length; last--) {
      this.#moduli.slice(0, last).forEach(({ p, inverse, reciprocals }, i) => {
        functions.divided(rows[i] as number, rows[last] as number, reciprocals[last] as number, count, p, inverse)
        if (i === last - 1) functions.centreAll(rows[i] as number, count, p, inverse)
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

/** An input that some heads have a weight for, and of each whether its sums are full and must be centred. */
interface Step {
  readonly j: number
  readonly taking: readonly { readonly h: number; readonly weight: number; readonly isFull: boolean }[]
}

function stepsOf(heads: readonly LatticeHead[]): readonly Step[] {
  /** Products in each head's sums, which a weight of 0 adds none to. */
  const counts = heads.map(() => 0)
  const steps: Step[] = []
  for (let j = 0; j < (heads[0]?.weights.length ?? 0); j++) {
    const taking = heads.flatMap(({ weights }, h) => {
      const weight = weights[j] as number
      if (weight === 0) return []
      const count = (counts[h] as number) + 1
      counts[h] = count
      // Each product adds at most 0.6·p, and sums stay below 16·p.
      return [{ h, weight, isFull: count % 16 === 0 }]
    })
    if (taking.length > 0) steps.push({ j, taking })
  }
  return steps
}

/** A weight modulo p, centred; the remainder of doubles is exact. */
function residue(weight: number, p: number): number {
  const rest = weight % p
  return 2 * rest > p ? rest - p : 2 * rest < -p ? rest + p : rest
}
