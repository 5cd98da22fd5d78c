import { exp, expm1, ln, ln1p } from '../core/number/elementary.ts'

/**
 * Two-sided tails of the normal and of Student's distribution, by their natural logarithms: right to some 1e-13 where the
 * tail itself is no double any more, as at z = 40 with ln p = −803.9.
 */

/** t² up to which a tail is taken as 1 less the middle: it is above 0.002 for every number of degrees of freedom. */
const wide = 9
const lnSqrtPi = 0.5723649429247001

/** ln P(|Z| > |z|) of a standard normal Z. */
export function lnNormalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
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

/** ln P(|T| > |t|) of Student's T with so many degrees of freedom: ln I_x(ν/2, ½) at x = ν/(ν + t²). */
export function lnStudentTail(t: number, freedom: number): number {
  const a = freedom / 2
  const ratio = (t * t) / freedom
  const x = 1 / (1 + ratio)
  const y = ratio / (1 + ratio)
  // x^a·y^½ / B(a, ½), as a logarithm.
  const front = -a * ln1p(ratio) + ln(y) / 2 + lnGammaRatio(a) - lnSqrtPi
  if (t === 0) return 0
  // With many degrees of freedom x is so near to 1 that a double no longer tells how near; y does.
  if (x < (a + 1) / (a + 2.5) && t * t > wide) return front + ln(fractionOf(x, a, 0.5) / a)
  const other = front + ln(fractionOf(y, 0.5, a) / 0.5)
  return ln(-expm1(other))
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

/** The continued fraction of the incomplete beta function (8.17.22 of NIST's handbook), by Lentz's method. */
function fractionOf(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / (1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / (1 + even * d)
    c = 1 + even / c
    fraction *= c * d
    d = 1 / (1 + odd * d)
    c = 1 + odd / c
    fraction *= c * d
    if (Math.abs(c * d - 1) < 2 ** -52) break
  }
  return fraction
}
