import { ln } from '../core/number/elementary.ts'

/** ln Γ, and logarithms of factorials and binomial coefficients. */

/** Up to where a recurrence leads to Stirling's series, whose terms beyond then are below a double's last bit. */
const large = 20
const lnRootTwoPi = 0.9189385332046727

/** ln Γ(x) for x > 0, within some units of the last place of the larger of it and 1. */
export function lnGamma(x: number): number {
  let product = 1
  let above = x
  for (; above < large; above++) product *= above
  const inverse = 1 / above
  const square = inverse * inverse
  const series =
    1 / 12 -
    square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - (square * 691) / 360360))))
  return (above - 0.5) * ln(above) - above + lnRootTwoPi + series * inverse - ln(product)
}

const factorials: number[] = [0, 0]
const remembered = 1000

/** ln n! of a whole number. */
export function lnFactorial(n: number): number {
  if (n > remembered) return lnGamma(n + 1)
  while (factorials.length <= n) factorials.push(lnGamma(factorials.length + 1))
  return factorials[n] as number
}

export function lnChoose(n: number, k: number): number {
  return k === 0 || k === n ? 0 : lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k)
}
