/** A column's range before steps are known. */
export interface Range {
  readonly min: number
  readonly max: number
  /**
   * Stated by the vendor; proven by interval arithmetic; or a wide default, with the decimal places that go with it.
   * A column that nothing encodes and nobody bounds takes any number.
   */
  readonly from: 'declared' | 'proven' | 'default' | 'any'
  readonly places: number
}
