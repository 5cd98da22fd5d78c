/** Sizes of numbers in the module. */
/** Limbs of a modulus of `bits` bits: R has at least 8 bits more (assembly/multiply.ts). */
export declare function limbsFor(bits: number): number
/** Bytes of a lifted number of both lanes. */
export declare function liftedBytes(limbs: number): number
/** Bytes of one lane of a lifted number, as in a table. */
export declare function entryBytes(limbs: number): number
/** Bytes of a product of table entries under way (assembly/table.ts). */
export declare function productBytes(limbs: number): number
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
export declare function tableShape(
  bits: number,
  least: number,
  limbs: number,
  lanes: number,
  tableBytes: number,
): TableShape
