/** Sizes of numbers in the module. */

const limbBits = 51

/** Limbs of a modulus of `bits` bits: R has at least 8 bits more (assembly/multiply.ts). */
export function limbsFor(bits: number): number {
  return Math.ceil((bits + 8) / limbBits)
}

/** Bytes of a lifted number of both lanes. */
export function liftedBytes(limbs: number): number {
  return 32 * limbs
}

/** Bytes of one lane of a lifted number, as in a table. */
export function entryBytes(limbs: number): number {
  return 16 * limbs
}

/** Bytes of a product of table entries under way (assembly/table.ts). */
export function productBytes(limbs: number): number {
  return 16 * (3 * limbs + 1)
}

export interface TableShape {
  /** w */
  readonly windowBits: number
  /** Secret bases, an even number of them. */
  readonly bases: number
  /**
   * D: digits of a sample, and rows of the table, an even number. Where rows are more than bases, a base has several:
   * row j is of base j modulo `bases`, to the power 2^(w·⌊j / bases⌋).
   */
  readonly rows: number
  readonly entries: number
  readonly bytes: number
}

/**
 * The widest window, up to a byte, whose table fits `tableBytes`, for digits of `bits` bits in all. `least` is how many
 * independent bases there must be; `lanes` is 2 where the lanes have tables of their own. Bases beyond `least` buy
 * nothing: more digits may stand on the same bases.
 */
export function tableShape(bits: number, least: number, limbs: number, lanes: number, tableBytes: number): TableShape {
  const bases = 2 * Math.ceil(least / 2)
  for (let windowBits = 8; ; windowBits--) {
    const rows = Math.max(bases, 2 * Math.ceil(bits / windowBits / 2))
    const entries = 2 ** windowBits
    const bytes = rows * entries * lanes * entryBytes(limbs)
    if (bytes <= tableBytes || windowBits === 1) return { windowBits, bases, rows, entries, bytes }
  }
}
