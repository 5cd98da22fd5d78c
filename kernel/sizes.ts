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
  /** D */
  readonly bases: number
  readonly entries: number
  readonly bytes: number
}

/**
 * The widest window, up to a byte, whose table fits `tableBytes`: at least `least` bases, and digits of `bits` bits in
 * all. `lanes` is 2 where the lanes have tables of their own.
 */
export function tableShape(bits: number, least: number, limbs: number, lanes: number, tableBytes: number): TableShape {
  for (let windowBits = 8; ; windowBits--) {
    const bases = Math.max(least, 2 * Math.ceil(bits / windowBits / 2))
    const entries = 2 ** windowBits
    const bytes = bases * entries * lanes * entryBytes(limbs)
    if (bytes <= tableBytes || windowBits === 1) return { windowBits, bases, entries, bytes }
  }
}
