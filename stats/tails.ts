import { exp, expm1, ln, ln1p } from '../core/number/elementary.ts'
import { lnGamma } from './lnGamma.ts'

/**
 * Tails of the normal, of Student's, of F and of χ², by their natural logarithms: right to some 1e-13 where the
 * tail itself is no double any more, as at z = 40 with ln p = −803.9.
 */

/** What is between the quantiles of 2.5 % and 97.5 % of a standard normal and its mean, to the last bit. */
export const normalQuantile = 1.959963984540054

/** Up to so far beyond its mean a tail is taken as 1 less the rest: it is above 0.002 there. */
const wide = 8
const lnSqrtPi = 0.5723649429247001

/** ln P(|Z| > |z|) of a standard normal Z; −∞ where z² is beyond doubles. */
export function lnNormalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  if (x * x === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY
  return x < 1.5 ? ln1p(-errorFunction(x)) : -x * x - ln(x) - lnSqrtPi - ln(denominatorOf(x))
}

/** erf x for small x, by its series of positive terms (Abramowitz and Stegun 7.1.6). */
function errorFunction(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; term > sum * 2 ** -60; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return 2 * sum * exp(-x * x - lnSqrtPi)
}

/** d with erfc x = e^(−x²)/(x·√π·d): the continued fraction 7.1.14 from its end, long enough for x ≥ 1.5. */
function denominatorOf(x: number): number {
  const square = 2 * x * x
  let fraction = 1
  for (let n = 120; n >= 1; n--) fraction = 1 + n / square / fraction
  return fraction
}

/** ln P(|T| > |t|) of Student's T with so many degrees of freedom; −∞ where t² is beyond doubles. */
export const lnStudentTail = (t: number, freedom: number): number => lnFTail(t * t, 1, freedom)

/** ln P(F > f) with d and ν degrees of freedom: ln I_x(ν/2, d/2) at x = ν/(ν + d·f); −∞ where d·f is not finite. */
export function lnFTail(f: number, d: number, freedom: number): number {
  if (f <= 0) return 0
  if (d * f === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY
  const [a, b] = [freedom / 2, d / 2]
  const ratio = (d * f) / freedom
  const x = 1 / (1 + ratio)
  const y = ratio / (1 + ratio)
  // x^a·y^b / B(a, b), as a logarithm.
  const front = -a * ln1p(ratio) + b * ln(y) + lnGammaRise(a, d) - (d === 1 ? lnSqrtPi : lnGamma(b))
  // With many degrees of freedom x is so near to 1 that a double no longer tells how near; y does.
  if (x < (a + 1) / (a + b + 2) && d * f > d + wide) return front + ln(fractionOf(x, a, b) / a)
  return ln(-expm1(front + ln(fractionOf(y, b, a) / b)))
}

/** ln P(X > x) of a χ² with k degrees of freedom: the upper incomplete gamma function (8.11.4 and 8.9.2 of NIST's handbook). */
export function lnChiSquareTail(x: number, k: number): number {
  if (x <= 0) return 0
  const [a, half] = [k / 2, x / 2]
  const front = a * ln(half) - half - lnGamma(a)
  if (half > a + wide / 2) return front - ln(gammaFraction(half, a))
  let [term, sum] = [1 / a, 1 / a]
  for (let n = 1; term > sum * 2 ** -60; n++) {
    term *= half / (a + n)
    sum += term
  }
  return ln(-expm1(front + ln(sum)))
}

/** z + 1 − a − 1·(1−a)/(z + 3 − a − 2·(2−a)/(…)), from its end. */
function gammaFraction(z: number, a: number): number {
  let fraction = z + 401 - a
  for (let n = 200; n >= 1; n--) fraction = z + 2 * n - 1 - a - (n * (n - a)) / fraction
  return fraction
}

/** ln Γ(a + d/2)/Γ(a). */
function lnGammaRise(a: number, d: number): number {
  const steps = Math.floor(d / 2)
  let rise = d % 2 === 1 ? lnGammaRatio(a + steps) : 0
  for (let i = 0; i < steps; i++) rise += ln(a + i)
  return rise
}

/** ln Γ(a + ½)/Γ(a): its asymptotic series for large a, and the recurrence up to there. */
function lnGammaRatio(a: number): number {
  let below = 0
  let large = a
  for (; large < 40; large++) below += ln1p(-0.5 / (large + 0.5))
  const inverse = 1 / large
  const square = inverse * inverse
  const series = 1 / 8 - square * (1 / 192 - square * (1 / 640 - square * (17 / 14336 - square * (31 / 18432))))
  return below + ln(large) / 2 - series * inverse
}

/** Where a part of a continued fraction is nothing, so much goes on in its place (Thompson and Barnett 1986). */
const hardlyAny = 1e-300
const orHardlyAny = (part: number): number => (part === 0 ? hardlyAny : part)

/** The continued fraction of the incomplete beta function (8.17.22 of NIST's handbook), by Lentz's method. */
function fractionOf(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / orHardlyAny(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / orHardlyAny(1 + even * d)
    c = orHardlyAny(1 + even / c)
    fraction *= c * d
    d = 1 / orHardlyAny(1 + odd * d)
    c = orHardlyAny(1 + odd / c)
    fraction *= c * d
    if (Math.abs(c * d - 1) < 2 ** -52) break
  }
  return fraction
}
