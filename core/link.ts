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
      return 0.5 + Math.atan(eta) / Math.PI
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

/** Φ(x), to about 1e-15: the series of Abramowitz & Stegun 26.2.10 near zero, the continued fraction 26.2.14 beyond. */
function normalCdf(x: number): number {
  if (Number.isNaN(x)) return x
  const z = Math.abs(x)
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  let upper: number
  if (z < 3) {
    let term = z
    let sum = z
    for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
      term *= (-z * z) / (2 * k)
      sum += term / (2 * k + 1)
      if (k > 200) break
    }
    upper = 0.5 - sum / Math.sqrt(2 * Math.PI)
  } else {
    let tail = z
    for (let k = 120; k >= 1; k--) tail = z + k / tail
    upper = density / tail
  }
  return x > 0 ? 1 - upper : upper
}
