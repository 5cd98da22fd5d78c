import { unforeseen } from '../core/errors.ts'
import { fromBytes, toBytes } from '../core/number/bytes.ts'
import type { RandomBytes } from '../core/number/random.ts'
import type { Arithmetic, PublicArithmetic, ScoreTask } from '../core/protocol/paillier/arithmetic.ts'
import { gcd, invert } from './inverse.ts'
import type { Kernel } from './loader.ts'
import { MaskTable } from './masks.ts'
import { PublicModulus, Workspace } from './modulus.ts'
import { Powers } from './powers.ts'
import { type Program, planPower } from './schedule.ts'
import { ScorePlan } from './scoring.ts'

export type { EngineReport, Kernel, Loaded, LoadReason } from './loader.ts'
export { loadKernel, reportOf } from './loader.ts'

export interface PublicOptions {
  /** The most that the table of one key's masks may take where it has memory of its own; 32 MiB unless told. */
  readonly maskTableBytes?: number
}

/** The arithmetic of core/protocol/paillier/arithmetic.ts by the kernel. All keys share one instance of the module, one at a time. */
export function kernelArithmetic(kernel: Kernel, options: PublicOptions = {}): Arithmetic {
  const workspace = new Workspace(kernel)
  const tableBytes = options.maskTableBytes ?? 32 * 2 ** 20
  const powers = new Powers(workspace)
  return {
    engine: 'kernel',
    hasMaskTables: true,
    publicKey: (n) => new PublicKernel(workspace, n, tableBytes),
    powers: (n, bases, exponent) => powers.of(n, bases, exponent),
  }
}

/** Ciphertexts a call of the module gets at once. */
const batch = 64

class PublicKernel implements PublicArithmetic {
  readonly bits: number
  readonly #modulus: PublicModulus
  readonly #n: Uint8Array<ArrayBuffer>
  readonly #n2: Uint8Array
  readonly #tableBytes: number
  #power: { program: Program; result: number } | null = null
  #table: MaskTable | null = null
  #plan: ScorePlan | null = null

  constructor(workspace: Workspace, n: Uint8Array, tableBytes: number) {
    this.bits = 8 * n.length
    this.#n = n.slice()
    this.#n2 = toBytes(fromBytes(n) ** 2n, 2 * n.length)
    this.#modulus = new PublicModulus(workspace, this.#n)
    this.#tableBytes = tableBytes
  }

  firstInvalid(ciphertexts: Uint8Array): number {
    const width = this.#n2.length
    const count = whole(ciphertexts, width)
    for (let i = 0; i < count; i++) {
      // Those before it may share a factor with n: the first of both kinds is asked for.
      if (outOfRange(ciphertexts, i * width, this.#n2)) return firstOf(this.#firstShared(ciphertexts, i), i)
    }
    return this.#firstShared(ciphertexts, count)
  }

  /** The index of the first of `count` ciphertexts that shares a factor with n, by halving; −1 for none. */
  #firstShared(ciphertexts: Uint8Array, count: number): number {
    const shares = (from: number, to: number) => gcd(this.#productOf(ciphertexts, from, to), fromBytes(this.#n)) !== 1n
    if (count === 0 || !shares(0, count)) return -1
    let from = 0
    let to = count
    while (to - from > 1) {
      const middle = (from + to) >> 1
      if (shares(from, middle)) to = middle
      else from = middle
    }
    return from
  }

  #productOf(ciphertexts: Uint8Array, from: number, to: number): bigint {
    const width = this.#n2.length
    return this.#modulus.use((region, work) => {
      const input = region.take(batch * width)
      const output = region.take(width)
      let product = 1n
      const n = fromBytes(this.#n)
      for (let at = from; at < to; at += batch) {
        const count = Math.min(batch, to - at)
        region.write(input, ciphertexts.subarray(at * width, (at + count) * width))
        region.functions.productOf(output, input, count, width, work)
        const part = fromBytes(region.view(output, width / 2))
        product = at === from ? part : (product * part) % n
      }
      return product
    })
  }

  masks(count: number, random: RandomBytes): Uint8Array<ArrayBuffer> {
    if (this.#table?.ready) return this.#table.draw(count, random)
    const width = this.#n2.length
    this.#power ??= planPower(this.#n, 6)
    const { program, result } = this.#power
    const masks = new Uint8Array(count * width)
    for (let i = 0; i < count; i += 2) {
      const first = this.#unit(random)
      const second = i + 1 < count ? this.#unit(random) : first
      this.#modulus.use((region, work) => {
        const registers = this.#modulus.powers(region, program, first, second, work)
        const at = registers + result * this.#modulus.size
        const output = region.take(2 * width)
        this.#modulus.writePlain(region, output, output + width, at, width, work)
        masks.set(region.view(output, Math.min(2, count - i) * width), i * width)
      })
    }
    return masks
  }

  /** A uniform number in [1, n), by rejection. It shares a factor with n only as often as n is factored by guessing. */
  #unit(random: RandomBytes): Uint8Array {
    for (;;) {
      const r = random(this.#n.length)
      if (!outOfRange(r, 0, this.#n)) return r
    }
  }

  prepareMasks(random: RandomBytes, steps = Number.POSITIVE_INFINITY, bases: Uint8Array | null = null): boolean {
    this.#table ??= this.#tableIn(null)
    this.#table.grow(
      steps,
      bases,
      () => this.#unit(random),
      (value) => this.#invert(value),
    )
    return this.#table.ready
  }

  useMaskMemory(memory: ArrayBufferLike | null): void {
    this.#table = memory && this.#tableIn(memory)
  }

  #tableIn(memory: ArrayBufferLike | null): MaskTable {
    this.#power ??= planPower(this.#n, 6)
    return new MaskTable(this.#modulus, this.#power, this.#n, memory, this.#tableBytes)
  }

  score(task: ScoreTask): Uint8Array<ArrayBuffer> {
    const inputs = whole(task.ciphertexts, this.#n2.length) / task.blocks
    if (!Number.isInteger(inputs)) unforeseen('a score of broken blocks')
    if (whole(task.masks, this.#n2.length) !== task.blocks * task.weights.length) {
      unforeseen('other than one mask per block and head')
    }
    if (!this.#plan?.fits(task.weights, inputs)) this.#plan = new ScorePlan(task.weights, inputs)
    return this.#plan.run(this.#modulus, task, (value) => this.#invert(value))
  }

  #invert(value: bigint): bigint | null {
    return invert(value, fromBytes(this.#n))
  }
}

/** The number of items. Throws `internal` when it is not a whole one. */
function whole(bytes: Uint8Array, width: number): number {
  if (bytes.length % width !== 0) unforeseen('a batch of broken items')
  return bytes.length / width
}

/** Whether the number at `at` is 0 or at least `limit`. */
function outOfRange(bytes: Uint8Array, at: number, limit: Uint8Array): boolean {
  for (let i = 0; i < limit.length; i++) {
    const difference = (bytes[at + i] as number) - (limit[i] as number)
    if (difference > 0) return true
    if (difference < 0) return bytes.subarray(at, at + limit.length).every((byte) => byte === 0)
  }
  return true
}

function firstOf(a: number, b: number): number {
  return a < 0 ? b : a
}
