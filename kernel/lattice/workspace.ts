import { unforeseen } from '../../core/errors.ts'
import { inverse, mod } from '../../core/number/integers.ts'
import { fieldBytes, type Parameters, widthOf } from '../../core/protocol/lattice/parameters.ts'
import { rootOf } from '../../core/protocol/lattice/primes.ts'
import { nonceCode, type Purpose, purposes } from '../../core/protocol/lattice/stream.ts'
import type { LatticeFunctions, LatticeModule } from './loader.ts'

/** A prime of the ring, as the module's functions take it. */
export interface Modulus {
  readonly p: number
  readonly inverse: number
  readonly bits: number
  readonly integer: bigint
  /** The tables of its transform. */
  readonly forward: number
  readonly backward: number
  /** 1/N, centred. */
  readonly share: number
  /** 1/p of every prime of the ring modulo this one, centred, in their order; 0 in its own place. */
  readonly reciprocals: readonly number[]
}

const page = 65536
const double = 8
/** A stream's 64 bytes, and behind them what its blocks are made in. */
const stateBytes = 64 + 512
/** Bytes behind a row of fields that taking them apart may read: assembly/fields.ts. */
export const readBeyond = 16
/** Room for a piece of a stream: assembly/sample.ts. */
const streamBytes = 16 * 1024

/**
 * An instance of the module with its memory: tables for the parameters that it was used with last, and room that is handed
 * out from low to high.
 */
export class Workspace {
  readonly functions: LatticeFunctions
  readonly memory: WebAssembly.Memory
  readonly #state: number
  readonly #bytes: number
  readonly #input: number
  readonly #free: number
  #next: number
  #bytesOf = new Uint8Array(0)
  /** The first 16 bytes of nonces, for the parameters that were used last. */
  readonly #nonces = new Map<Purpose, Uint8Array>()
  #parameters: Parameters | null = null
  #moduli: readonly Modulus[] = []

  constructor(module: LatticeModule) {
    const { functions, memory } = module.instantiate()
    this.functions = functions
    this.memory = memory
    this.#next = 64
    this.#state = this.take(stateBytes)
    this.#bytes = this.take(streamBytes)
    this.#input = this.take(64)
    this.#free = this.#next
  }

  /** The moduli of these parameters, the kept ones first. What was taken before may be gone: see {@link mark}. */
  use(parameters: Parameters): readonly Modulus[] {
    const known = this.#parameters
    const same = known?.degree === parameters.degree && known.slotBits === parameters.slotBits
    if (same && known.weightBits === parameters.weightBits) return this.#moduli
    this.#next = this.#free
    this.#nonces.clear()
    const { degree } = parameters
    const primes = [...parameters.kept, ...parameters.dropped]
    this.#moduli = primes.map((p) => {
      const integer = BigInt(p)
      const root = rootOf(p, degree)
      const tables = [root, inverse(root, integer) as bigint].map((factor) => {
        const table = this.take(degree * double)
        this.functions.fillTable(table, degree, centred(factor, p), p, 1 / p)
        return table
      })
      return {
        p,
        inverse: 1 / p,
        bits: widthOf(p),
        integer,
        forward: tables[0] as number,
        backward: tables[1] as number,
        share: centred(inverse(BigInt(degree), integer) as bigint, p),
        reciprocals: primes.map((prime) => centred(inverse(BigInt(prime), integer) ?? 0n, p)),
      }
    })
    this.#parameters = parameters
    return this.#moduli
  }

  /** The address of `bytes` fresh bytes; the memory grows as needed. Views made before are stale. */
  take(bytes: number): number {
    const at = this.#next
    this.#next = Math.ceil((at + bytes) / 64) * 64
    const missing = this.#next - this.memory.buffer.byteLength
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / page))
      } catch {
        unforeseen('a request that outgrows the memory of the lattice module')
      }
    }
    return at
  }

  /** Room for so many doubles. */
  doubles(count: number): number {
    return this.take(count * double)
  }

  mark(): number {
    return this.#next
  }

  /** Gives back everything taken since the mark. */
  release(mark: number): void {
    this.#next = mark
  }

  /** The memory, which is another object once it has grown. */
  get #all(): Uint8Array {
    const { buffer } = this.memory
    if (this.#bytesOf.buffer !== buffer) this.#bytesOf = new Uint8Array(buffer)
    return this.#bytesOf
  }

  write(at: number, bytes: Uint8Array): void {
    this.#all.set(bytes, at)
  }

  writeDoubles(at: number, values: ArrayLike<number>): void {
    new Float64Array(this.memory.buffer).set(values, at / double)
  }

  read(to: Uint8Array, at: number): void {
    to.set(new Uint8Array(this.memory.buffer, at, to.length))
  }

  fill(at: number, bytes: number): void {
    this.#all.fill(0, at, at + bytes)
  }

  copy(to: number, from: number, bytes: number): void {
    this.#all.copyWithin(to, from, from + bytes)
  }

  /** Begins the stream that `draw` draws from, under the parameters in use: (state, bytes) are what the module's samplers take. */
  stream(
    key: Uint8Array,
    parameters: Parameters,
    purpose: Purpose,
    polynomial: number,
    prime: number,
    draw: (state: number, bytes: number) => void,
  ): void {
    this.write(this.#input, key)
    this.write(this.#input + 32, this.#nonce(parameters, purpose))
    const numbers = new DataView(this.memory.buffer, this.#input + 48, 8)
    numbers.setUint32(0, polynomial, true)
    numbers.setUint32(4, prime, true)
    this.functions.begin(this.#state, this.#input, this.#input + 32)
    draw(this.#state, this.#bytes)
    if (purpose === purposes.expand || purpose === purposes.expandMask) return
    // Nothing of a secret stays behind.
    this.fill(this.#input, 64)
    this.fill(this.#state, stateBytes)
    this.fill(this.#bytes, streamBytes)
  }

  #nonce(parameters: Parameters, purpose: Purpose): Uint8Array {
    const code = this.#nonces.get(purpose) ?? nonceCode(parameters, purpose)
    this.#nonces.set(purpose, code)
    return code
  }
}

/** The representative in (−p/2, p/2). */
export function centred(value: bigint, p: number): number {
  const modulus = BigInt(p)
  const rest = mod(value, modulus)
  return Number(2n * rest > modulus ? rest - modulus : rest)
}

/** Where each prime's fields begin in a polynomial of so many coefficients, how long all of them are, and the longest. */
export function fieldOffsets(primes: readonly number[], coefficients: number) {
  const at: number[] = []
  let bytes = 0
  let most = 0
  for (const prime of primes) {
    const own = fieldBytes([prime], coefficients)
    at.push(bytes)
    bytes += own
    most = Math.max(most, own)
  }
  return { at, bytes, most }
}
