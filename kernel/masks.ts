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
 * takes 3 µs against 6 µs for each pair of masks that uses it. So a table belongs to its key and goes when the key goes.
 */
export class MaskTable {
  readonly #modulus: PublicModulus
  readonly #shape: TableShape
  readonly #rows: Uint8Array<ArrayBuffer>
  readonly #width: number

  constructor(
    modulus: PublicModulus,
    power: { program: Program; result: number },
    tableBytes: number,
    unit: () => Uint8Array,
    invert: (value: bigint) => bigint | null,
  ) {
    const { limbs, size } = modulus
    const first = unit()
    this.#modulus = modulus
    this.#width = 2 * first.length
    this.#shape = tableShape(8 * first.length + 128, leastBases, limbs, 1, tableBytes)
    const { bases, entries } = this.#shape
    const rowBytes = entries * entryBytes(limbs)
    this.#rows = new Uint8Array(bases * rowBytes)
    const powers = new Uint8Array((bases / 2) * size)
    for (let i = 0; i < bases; i += 2) {
      const [a, b] = [i === 0 ? first : unit(), unit()]
      modulus.use((region, work) => {
        const base = modulus.powers(region, power.program, a, b, work) + power.result * size
        powers.set(region.view(base, size), (i / 2) * size)
      })
    }
    modulus.use((region, work) => {
      const from = region.take(powers.length)
      const inverses = region.take(powers.length)
      const rows = region.take(2 * rowBytes)
      region.write(from, powers)
      region.write(inverses, powers)
      invertAll(region, work, size, inverses, bases / 2, this.#width, invert)
      for (let i = 0; i < bases; i += 2) {
        const at = (i / 2) * size
        region.functions.fillRow(rows, rowBytes, from + at, inverses + at, entries, work)
        this.#rows.set(region.view(rows, 2 * rowBytes), i * rowBytes)
      }
    })
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
        region.write(row, this.#rows.subarray(i * rowBytes, (i + 1) * rowBytes))
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
