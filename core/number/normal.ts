import { exp, ln } from './elementary.ts'

/** The standard normal distribution. */

/**
 * Φ(x), to about 1e-15 of itself in either tail's smaller half: the series of Abramowitz & Stegun 26.2.11 near zero,
 * the continued fraction 26.2.14 beyond, where 1/2 minus the series would cancel.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return x
  const z = Math.abs(x)
  const density = normalDensity(z)
  let upper: number
  if (z < 1.5) {
    let term = z
    let sum = z
    for (let k = 1; term > 1e-17 * sum; k++) {
      term *= (z * z) / (2 * k + 1)
      sum += term
    }
    upper = 0.5 - density * sum
  } else {
    let tail = z
    for (let k = 120; k >= 1; k--) tail = z + k / tail
    upper = density / tail
  }
  return x > 0 ? 1 - upper : upper
}

/** exp(−x²/2)/√(2π), in two factors, the first with an exact square: else the rounding of x² shows in the tail (Cody 1969). */
export function normalDensity(x: number): number {
  const z = Math.abs(x)
  const coarse = Math.trunc(z * 16) / 16
  return (exp((-coarse * coarse) / 2) * exp((-(z - coarse) * (z + coarse)) / 2)) / Math.sqrt(2 * Math.PI)
}

/** The x with Φ(x) = p, for p in (0, 1): a first guess (Abramowitz and Stegun 26.2.23), and Halley's steps from there. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p)
  const t = Math.sqrt(-2 * ln(p))
  let x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
  for (let step = 0; step < 4; step++) {
    const off = (normalCdf(x) - p) / normalDensity(x)
    x -= off / (1 + (x * off) / 2)
  }
  return x
}
