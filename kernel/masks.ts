import { unforeseen } from '../core/errors.ts'
import { equalBytes } from '../core/number/bytes.ts'
import type { RandomBytes } from '../core/number/random.ts'
import { basesOfMasks } from '../core/protocol/paillier/arithmetic.ts'
import { invertAll } from './inverse.ts'
import type { PublicModulus } from './modulus.ts'
import type { Region } from './region.ts'
import type { Program } from './schedule.ts'
import { entryBytes, productBytes, type TableShape, tableShape } from './sizes.ts'

/** Masks per pass over the table, two a lane pair. */
const batch = 64
/**
 * What stands before the rows: how many pairs of bases have all their rows (a 32-bit word), and from byte 64 on whose they
 * are (n). So a memory that held another key's table begins anew, and never gives masks of a wrong modulus.
 */
const headerBytes = 1024
const nameAt = 64

/**
 * Masks by table: ∏ b_i^{α_i} with secret bases b_i = r_i^n and α_i uniform in [0, 2^w), or in [0, 2^(2w)) and so on for
 * bases that have several rows. A base costs as much as a mask without a table, a row some hundredth of that.
 *
 * The rows live outside the module's memory, so that they can be in memory that threads share, and the entries that a
 * batch needs are copied in: two of 1 KB each at 3072 bits for every pair of masks, 0.3 µs against 9 µs for the product.
 * So a mask costs the same in a batch of two and of 64, and no thread reads more of the table than it uses.
 */
export class MaskTable {
  readonly #modulus: PublicModulus
  readonly #power: { readonly program: Program; readonly result: number }
  readonly #n: Uint8Array
  readonly #shape: TableShape
  /** Pairs of bases that have all their rows. */
  readonly #made: Int32Array
  readonly #name: Uint8Array
  readonly #rows: Uint8Array

  /** The table of n in `memory`, as far as it has been made there; without one, in `tableBytes` of its own. */
  constructor(
    modulus: PublicModulus,
    power: { readonly program: Program; readonly result: number },
    n: Uint8Array,
    memory: ArrayBufferLike | null,
    tableBytes: number,
  ) {
    this.#modulus = modulus
    this.#power = power
    this.#n = n
    const room = (memory?.byteLength ?? tableBytes) - headerBytes
    this.#shape = tableShape(8 * n.length + 128, basesOfMasks(8 * n.length), modulus.limbs, 1, room)
    const within = memory ?? new ArrayBuffer(headerBytes + this.#shape.bytes)
    if (within.byteLength < headerBytes + this.#shape.bytes) {
      unforeseen('no memory for the narrowest table of masks')
    }
    this.#made = new Int32Array(within, 0, 1)
    this.#name = new Uint8Array(within, nameAt, n.length)
    this.#rows = new Uint8Array(within, headerBytes, this.#shape.bytes)
  }

  get ready(): boolean {
    return 2 * this.#progress() === this.#shape.bases
  }

  #progress(): number {
    const made = Atomics.load(this.#made, 0)
    return made > 0 && equalBytes(this.#name, this.#n) ? made : 0
  }

  /**
   * Makes the rows of `steps` more pairs of bases: of those that are given, all of the table's, or else of new ones, which is as much
   * work as two masks without a table.
   */
  grow(
    steps: number,
    given: Uint8Array | null,
    unit: () => Uint8Array,
    invert: (value: bigint) => bigint | null,
  ): void {
    const made = this.#progress()
    const { bases, rows: digits, entries, windowBits } = this.#shape
    if (given !== null && given.length !== 2 * bases * this.#n.length) unforeseen('a table of masks')
    const pairs = Math.min(steps, bases / 2 - made)
    if (pairs <= 0) return
    const { limbs, size } = this.#modulus
    const rowBytes = entries * entryBytes(limbs)
    if (made === 0) {
      Atomics.store(this.#made, 0, 0)
      this.#name.set(this.#n)
    }
    this.#modulus.use((region, work) => {
      const base = region.take(pairs * size)
      const inverse = region.take(pairs * size)
      const rows = region.take(2 * rowBytes)
      const free = region.mark()
      for (let k = 0; k < pairs; k++) {
        const at = base + k * size
        if (given === null) {
          const registers = this.#modulus.powers(region, this.#power.program, unit(), unit(), work)
          region.copy(at, registers + this.#power.result * size, size)
        } else this.#load(region, at, given, made + k, work)
        region.release(free)
      }
      region.copy(inverse, base, pairs * size)
      invertAll(region, work, size, inverse, pairs, 2 * this.#n.length, invert)
      for (let k = 0; k < pairs; k++) {
        for (let row = 2 * (made + k); row < digits; row += bases) {
          region.functions.fillRow(rows, rowBytes, base + k * size, inverse + k * size, entries, work)
          this.#rows.set(region.view(rows, 2 * rowBytes), row * rowBytes)
          for (let i = 0; i < windowBits; i++) {
            for (const x of [base + k * size, inverse + k * size]) region.functions.liftSquare(x, x)
          }
        }
      }
    })
    Atomics.store(this.#made, 0, made + pairs)
  }

  /** A pair of bases that were made before, to `to` in Montgomery form. */
  #load(region: Region, to: number, given: Uint8Array, pair: number, work: number): void {
    const width = 2 * this.#n.length
    const input = region.take(2 * width)
    region.write(input, given.subarray(2 * pair * width, 2 * (pair + 1) * width))
    region.functions.load2(to, input, input + width, width, work)
    region.functions.toMontgomery(to, 2)
  }

  draw(count: number, random: RandomBytes): Uint8Array<ArrayBuffer> {
    if (!this.ready) unforeseen('a table of masks that is not ready')
    const width = 2 * this.#n.length
    const masks = new Uint8Array(count * width)
    for (let i = 0; i < count; i += batch) {
      this.#drawSome(masks.subarray(i * width), width, Math.min(batch, count - i), random)
    }
    return masks
  }

  #drawSome(masks: Uint8Array, width: number, count: number, random: RandomBytes): void {
    const { limbs } = this.#modulus
    const { rows: digits, entries } = this.#shape
    const pairs = Math.ceil(count / 2)
    const lanes = 2 * pairs
    const entry = entryBytes(limbs)
    const choice = random(lanes * digits)
    this.#modulus.use((region, work) => {
      const { functions } = region
      const size = productBytes(limbs)
      const products = region.take(pairs * size)
      const chosen = region.take(lanes * entry)
      const places = region.take(lanes)
      const output = region.take(2 * width)
      const one = region.take(this.#modulus.size)
      functions.setOne(one)
      for (let k = 0; k < pairs; k++) functions.beginProduct(products + k * size, one)
      // A lane's entry is at the lane's place, whatever its digit was.
      region.write(
        places,
        Uint8Array.from({ length: lanes }, (_, lane) => lane),
      )
      const copies = region.view(chosen, lanes * entry)
      for (let i = 0; i < digits; i++) {
        for (let lane = 0; lane < lanes; lane++) {
          const digit = (choice[i * lanes + lane] as number) & (entries - 1)
          const at = (i * entries + digit) * entry
          copies.set(this.#rows.subarray(at, at + entry), lane * entry)
        }
        functions.multiplyRow(products, pairs, chosen, 0, places, 0xff, work)
      }
      for (let k = 0; k < pairs; k++) {
        functions.endProduct(products + k * size, work)
        functions.store2(output, output + width, width, products + k * size, work)
        masks.set(region.view(output, Math.min(2, count - 2 * k) * width), 2 * k * width)
      }
    })
  }
}
