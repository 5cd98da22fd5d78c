/**
 * Links: how responses come from linear predictors. Public, applied by the analyst after opening.
 */
export const links = ['identity', 'logit', 'probit', 'cloglog', 'cauchit', 'log', 'inverse', 'softmax'] as const
export type Link = (typeof links)[number]

/**
 * The responses for one record's linear predictors, one per head. Every link but softmax acts head by head.
 * Responses of logit, probit, cloglog, cauchit and softmax are in [0, 1]; of log above 0.
 */
export function respond(link: Link, predictors: readonly number[]): number[] {
  return link === 'softmax' ? softmax(predictors) : predictors.map((eta) => inverseLink(link, eta))
}

function inverseLink(link: Exclude<Link, 'softmax'>, eta: number): number {
  switch (link) {
    case 'identity':
      return eta
    case 'logit':
      // Either branch takes exp of something at or below zero, so nothing overflows and no digits are lost.
      return eta >= 0 ? 1 / (1 + Math.exp(-eta)) : Math.exp(eta) / (1 + Math.exp(eta))
    case 'probit':
      return normalCdf(eta)
    case 'cloglog':
      return -Math.expm1(-Math.exp(eta))
    case 'cauchit':
      // 1/2 + atan(η)/π, without the cancellation far below zero.
      return Math.atan2(1, -eta) / Math.PI
    case 'log':
      return Math.exp(eta)
    case 'inverse':
      return 1 / eta
  }
}

function softmax(predictors: readonly number[]): number[] {
  const top = Math.max(...predictors)
  const weights = predictors.map((eta) => Math.exp(eta - top))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / sum)
}

/**
 * Φ(x), to about 1e-15 of itself in either tail's smaller half: the series of Abramowitz & Stegun 26.2.11 near zero,
 * the continued fraction 26.2.14 beyond, where 1/2 minus the series would cancel.
 */
function normalCdf(x: number): number {
  if (Number.isNaN(x)) return x
  const z = Math.abs(x)
  // exp(−z²/2) in two factors, the first with an exact square: else the rounding of z² shows in the tail (Cody 1969).
  const coarse = Math.trunc(z * 16) / 16
  const density =
    (Math.exp((-coarse * coarse) / 2) * Math.exp((-(z - coarse) * (z + coarse)) / 2)) / Math.sqrt(2 * Math.PI)
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
