import { fail } from '../core/errors.ts'
import type { RandomBytes } from '../core/random.ts'
import { invertAll } from './inverse.ts'
import type { PublicModulus } from './modulus.ts'
import type { Program } from './schedule.ts'
import { entryBytes, productBytes, type TableShape, tableShape } from './sizes.ts'

/** With adversarial n the group may have many small subgroups: more bases than the owner's 130. */
const leastBases = 400
/** Masks per pass over the table, two a lane pair. */
const batch = 64

/**
 * Masks by table: ∏ b_i^{α_i} with secret bases b_i = r_i^n and α_i uniform in [0, 2^w).
 * The rows live outside the module's memory and are copied in one by one: a row is 61 KB at 3072 bits with w = 6, which
 * takes 3 µs against 9 µs for each pair of masks that uses it. So a table belongs to its key and goes when the key goes.
 */
export class MaskTable {
  readonly #modulus: PublicModulus
  readonly #power: { readonly program: Program; readonly result: number }
  readonly #shape: TableShape
  readonly #width: number
  /** The bases, two in the lanes of each number, until there are enough of them to make the rows. */
  #bases: Uint8Array<ArrayBuffer>
  #made = 0
  #rows: Uint8Array<ArrayBuffer> | null = null

  /** `width` is a ciphertext's bytes. */
  constructor(
    modulus: PublicModulus,
    power: { readonly program: Program; readonly result: number },
    width: number,
    tableBytes: number,
  ) {
    this.#modulus = modulus
    this.#power = power
    this.#width = width
    this.#shape = tableShape(4 * width + 128, leastBases, modulus.limbs, 1, tableBytes)
    this.#bases = new Uint8Array((this.#shape.bases / 2) * modulus.size)
  }

  get ready(): boolean {
    return this.#rows !== null
  }

  /** Makes two more bases, as much work as two masks without a table; with the last ones, the rows. */
  grow(unit: () => Uint8Array, invert: (value: bigint) => bigint | null): void {
    if (this.#rows) return
    const [first, second] = [unit(), unit()]
    const { size } = this.#modulus
    this.#modulus.use((region, work) => {
      const registers = this.#modulus.powers(region, this.#power.program, first, second, work)
      this.#bases.set(region.view(registers + this.#power.result * size, size), this.#made * size)
    })
    this.#made++
    if (this.#made === this.#shape.bases / 2) this.#fill(invert)
  }

  #fill(invert: (value: bigint) => bigint | null): void {
    const { limbs, size } = this.#modulus
    const { bases, entries } = this.#shape
    const rowBytes = entries * entryBytes(limbs)
    const rows = new Uint8Array(bases * rowBytes)
    this.#modulus.use((region, work) => {
      const from = region.take(this.#bases.length)
      const inverses = region.take(this.#bases.length)
      const pair = region.take(2 * rowBytes)
      region.write(from, this.#bases)
      region.write(inverses, this.#bases)
      invertAll(region, work, size, inverses, bases / 2, this.#width, invert)
      for (let i = 0; i < bases; i += 2) {
        const at = (i / 2) * size
        region.functions.fillRow(pair, rowBytes, from + at, inverses + at, entries, work)
        rows.set(region.view(pair, 2 * rowBytes), i * rowBytes)
      }
    })
    this.#rows = rows
    this.#bases = new Uint8Array(0)
  }

  draw(count: number, random: RandomBytes): Uint8Array<ArrayBuffer> {
    const masks = new Uint8Array(count * this.#width)
    for (let i = 0; i < count; i += batch)
      this.#drawSome(masks.subarray(i * this.#width), Math.min(batch, count - i), random)
    return masks
  }

  #drawSome(masks: Uint8Array, count: number, random: RandomBytes): void {
    const { limbs } = this.#modulus
    const { bases, entries } = this.#shape
    const rows = this.#rows ?? fail('internal', 'The table of masks is not ready.')
    const pairs = Math.ceil(count / 2)
    const rowBytes = entries * entryBytes(limbs)
    this.#modulus.use((region, work) => {
      const { functions } = region
      const size = productBytes(limbs)
      const products = region.take(pairs * size)
      const row = region.take(rowBytes)
      const choice = region.take(2 * pairs * bases)
      const output = region.take(2 * this.#width)
      const one = region.take(this.#modulus.size)
      functions.setOne(one)
      for (let k = 0; k < pairs; k++) functions.beginProduct(products + k * size, one)
      region.write(choice, random(2 * pairs * bases))
      for (let i = 0; i < bases; i++) {
        region.write(row, rows.subarray(i * rowBytes, (i + 1) * rowBytes))
        functions.multiplyRow(products, pairs, row, 0, choice + 2 * pairs * i, entries - 1, work)
      }
      for (let k = 0; k < pairs; k++) {
        functions.endProduct(products + k * size, work)
        functions.store2(output, output + this.#width, this.#width, products + k * size, work)
        masks.set(region.view(output, Math.min(2, count - 2 * k) * this.#width), 2 * k * this.#width)
      }
    })
  }
}
