import { exp } from '../core/number/elementary.ts'

/** A p-value by its natural logarithm, in three digits, also where it is below every double. */
export function pValueText(lnP: number): string {
  if (lnP > -690) return exp(lnP).toPrecision(3)
  const exponent = Math.floor(lnP / Math.LN10)
  return `${exp(lnP - exponent * Math.LN10).toFixed(2)}e${exponent}`
}
