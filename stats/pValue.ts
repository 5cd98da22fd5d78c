import { exp } from '../core/number/elementary.ts'

/** A p-value by its natural logarithm, in three digits, also where it is below every double. */
export function pValueText(lnP: number): string {
  if (lnP > -690) return exp(lnP).toPrecision(3)
  if (lnP === Number.NEGATIVE_INFINITY) return '0'
  const exponent = Math.floor(lnP / Math.LN10)
  const digits = exp(lnP - exponent * Math.LN10).toFixed(2)
  // What is next to ten is rounded to it.
  return digits === '10.00' ? `1.00e${exponent + 1}` : `${digits}e${exponent}`
}
