import { ln, ln1p } from '../core/number/elementary.ts'
import { stirlingError } from './lnGamma.ts'

/**
 * Logarithms of densities of large numbers, without terms of their size that cancel: by what an outcome is away from its mean
 * (Loader 2000, "Fast and accurate computation of binomial probabilities"; R's `dpois`, `dbinom`, `dgamma`).
 */

const lnTwoPi = 1.8378770664093453

/** y·ln(y/μ) − (y − μ), for y and μ above 0, to as many digits as y − μ has. */
export function deviation(y: number, mean: number): number {
  const x = (mean - y) / y
  return Math.abs(x) < 0.1 ? -y * curve(x) : y * ln(y / mean) - (y - mean)
}

/** ln(1 + x) − x, to as many digits as x has, of |x| < 0.1. */
const curve = (x: number): number => (Math.abs(x) < 0.01 ? seriesOf(x) : ln1p(x) - x)

/** Up to where a term is below a double's last bit of the first one. */
function seriesOf(x: number): number {
  let sum = 0
  for (let k = 9; k >= 2; k--) sum = (k % 2 === 0 ? -1 : 1) / k + x * sum
  return x * x * sum
}

/** ln of Poisson's probability of a whole number. */
export const lnPoisson = (y: number, mean: number): number =>
  y === 0 ? -mean : -deviation(y, mean) - factorialError(y) - (lnTwoPi + ln(y)) / 2

/** ln of the binomial probability of so many events in so many trials, whole numbers both. */
export function lnBinomial(events: number, trials: number, mean: number): number {
  const others = trials - events
  if (events === 0) return trials === 0 ? 0 : trials * ln1p(-mean)
  if (others === 0) return trials * ln(mean)
  const away = deviation(events, trials * mean) + deviation(others, trials * (1 - mean))
  const whole = factorialError(trials) - factorialError(events) - factorialError(others)
  return whole - away - (lnTwoPi + ln(events) + ln(others / trials)) / 2
}

/** ln of the gamma density with that mean and 1/shape as the square of its coefficient of variation. */
export const lnGammaDensity = (y: number, mean: number, shape: number): number =>
  (-shape * deviation(mean, y)) / mean - stirlingError(shape) + (ln(shape) - lnTwoPi) / 2 - ln(y)

/** ln n! − ((n + ½)·ln n − n + ½·ln 2π): n! is n·Γ(n). */
const factorialError = stirlingError
