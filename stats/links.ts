import { atan2, exp, expm1, ln, ln1p, tan } from '../core/number/elementary.ts'
import { normalCdf, normalDensity, normalQuantile } from '../core/number/normal.ts'

/**
 * Links of generalised linear models, each with R's limits (`make.link`): means of probabilities and rates stay a double's
 * last bit away from where a likelihood has no value, and slopes away from 0.
 */
export const linkNames = [
  'identity',
  'log',
  'inverse',
  '1/mu^2',
  'sqrt',
  'logit',
  'probit',
  'cloglog',
  'cauchit',
] as const

export type LinkName = (typeof linkNames)[number]

export interface Link {
  /** η of a mean. */
  readonly predictor: (mean: number) => number
  readonly mean: (eta: number) => number
  /** dμ/dη. */
  readonly slope: (eta: number) => number
  /** d²μ/dη², without the limits. */
  readonly curve: (eta: number) => number
  /** Whether a predictor has a mean at all. */
  readonly holds: (eta: number) => boolean
}

export const epsilon = 2 ** -52

/** R keeps predictors of a logit within ±30, where a mean is as near to 0 or 1 as it tells apart. */
const furthestLogit = 30
/** −Φ⁻¹(2^-52), and the same of Cauchy's distribution. */
const furthestProbit = 8.1258906647
const furthestCauchit = 2 ** 52 / Math.PI

const within = (x: number, most: number): number => Math.max(-most, Math.min(most, x))
const anywhere = Number.isFinite

export const links: Readonly<Record<LinkName, Link>> = {
  identity: { predictor: (mean) => mean, mean: (eta) => eta, slope: () => 1, curve: () => 0, holds: anywhere },
  log: {
    predictor: ln,
    mean: (eta) => Math.max(exp(eta), epsilon),
    slope: (eta) => Math.max(exp(eta), epsilon),
    curve: exp,
    holds: anywhere,
  },
  inverse: {
    predictor: (mean) => 1 / mean,
    mean: (eta) => 1 / eta,
    slope: (eta) => -1 / (eta * eta),
    curve: (eta) => 2 / (eta * eta * eta),
    holds: (eta) => Number.isFinite(eta) && eta !== 0,
  },
  '1/mu^2': {
    predictor: (mean) => 1 / (mean * mean),
    mean: (eta) => 1 / Math.sqrt(eta),
    slope: (eta) => -1 / (2 * eta * Math.sqrt(eta)),
    curve: (eta) => 0.75 / (eta * eta * Math.sqrt(eta)),
    holds: (eta) => Number.isFinite(eta) && eta > 0,
  },
  sqrt: {
    predictor: Math.sqrt,
    mean: (eta) => eta * eta,
    slope: (eta) => 2 * eta,
    curve: () => 2,
    holds: (eta) => Number.isFinite(eta) && eta > 0,
  },
  logit: {
    predictor: (mean) => ln(mean / (1 - mean)),
    mean: (eta) => {
      if (eta < -furthestLogit) return epsilon / (1 + epsilon)
      if (eta > furthestLogit) return 1 / (1 + epsilon)
      return eta > 0 ? 1 / (1 + exp(-eta)) : exp(eta) / (1 + exp(eta))
    },
    slope: (eta) => {
      if (Math.abs(eta) > furthestLogit) return epsilon
      const small = exp(-Math.abs(eta))
      return small / ((1 + small) * (1 + small))
    },
    curve: (eta) => {
      const small = exp(-Math.abs(eta))
      return (-Math.sign(eta) * small * (1 - small)) / (1 + small) ** 3
    },
    holds: anywhere,
  },
  probit: {
    predictor: normalQuantile,
    mean: (eta) => normalCdf(within(eta, furthestProbit)),
    slope: (eta) => Math.max(normalDensity(eta), epsilon),
    curve: (eta) => -eta * normalDensity(eta),
    holds: anywhere,
  },
  cloglog: {
    predictor: (mean) => ln(-ln1p(-mean)),
    mean: (eta) => Math.max(Math.min(-expm1(-exp(eta)), 1 - epsilon), epsilon),
    slope: (eta) => {
      const hazard = exp(Math.min(eta, 700))
      return Math.max(hazard * exp(-hazard), epsilon)
    },
    curve: (eta) => {
      const hazard = exp(Math.min(eta, 700))
      return hazard * exp(-hazard) * (1 - hazard)
    },
    holds: anywhere,
  },
  cauchit: {
    predictor: (mean) => (mean < 0.5 ? -1 / tan(Math.PI * mean) : mean > 0.5 ? 1 / tan(Math.PI * (1 - mean)) : 0),
    mean: (eta) => atan2(1, -within(eta, furthestCauchit)) / Math.PI,
    slope: (eta) => Math.max(1 / (Math.PI * (1 + eta * eta)), epsilon),
    curve: (eta) => (-2 * eta) / (Math.PI * (1 + eta * eta) * (1 + eta * eta)),
    holds: anywhere,
  },
}
