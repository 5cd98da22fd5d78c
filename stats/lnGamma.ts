import { ln } from '../core/number/elementary.ts'

/** ln Γ, and logarithms of factorials. */

/** Up to where a recurrence leads to Stirling's series, whose terms beyond then are below a double's last bit. */
const large = 20
const lnRootTwoPi = 0.9189385332046727

/** ln Γ(x) for x > 0, within some units of the last place of the larger of it and 1. */
export function lnGamma(x: number): number {
  let product = 1
  let above = x
  for (; above < large; above++) product *= above
  return (above - 0.5) * ln(above) - above + lnRootTwoPi + series(above) - ln(product)
}

/** What Stirling's formula leaves of ln Γ(x), from 20 on. */
function series(x: number): number {
  const inverse = 1 / x
  const square = inverse * inverse
  return (
    inverse *
    (1 / 12 -
      square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - (square * 691) / 360360)))))
  )
}

/** ln Γ(x) − ((x − ½)·ln x − x + ½·ln 2π) for x > 0: all of ln Γ that does not cancel where a density of large numbers is made of it. */
export const stirlingError = (x: number): number =>
  x < large ? lnGamma(x) - ((x - 0.5) * ln(x) - x + lnRootTwoPi) : series(x)

const factorials: number[] = [0, 0]
const remembered = 1000

/** ln n! of a whole number. */
export function lnFactorial(n: number): number {
  if (n > remembered) return lnGamma(n + 1)
  while (factorials.length <= n) factorials.push(lnGamma(factorials.length + 1))
  return factorials[n] as number
}
