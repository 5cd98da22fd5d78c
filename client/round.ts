/**
 * Linear predictors as multiples of the largest power of ten within the tolerance, which moves each by half of the tolerance
 * at most: all that a reader of the scores may rely on, and less than what a forged answer would tell of the key in their
 * last digits. In decimals, so that what is written of one is its digits and no more.
 */
export function roundPredictors(predictors: Float64Array, tolerance: number): Float64Array {
  const decimals = decimalsOf(tolerance)
  return predictors.map((value) => roundTo(value, decimals))
}

/** The decimals of the largest power of ten that is no more than the tolerance; below zero for tens. */
function decimalsOf(tolerance: number): number {
  // The exponent as it is written: exact where a logarithm is not.
  return -Number(tolerance.toExponential().split('e')[1])
}

function roundTo(value: number, decimals: number): number {
  if (decimals >= 0 && decimals <= 22) {
    // The same as by its digits wherever no half is near: a quotient of two whole doubles is the double nearest to it.
    const unit = 10 ** decimals
    const scaled = value * unit
    const whole = Math.round(scaled)
    if (Math.abs(whole) < 2 ** 40 && Math.abs(scaled - whole) < 0.499) return whole / unit + 0
  }
  // Zero has one sign.
  if (decimals >= 0) return decimals > 100 ? value : Number(value.toFixed(decimals)) + 0
  const unit = 10 ** -decimals
  return Math.round(value / unit) * unit + 0
}
