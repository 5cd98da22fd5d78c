import { exp, ln, ln1p } from '../core/number/elementary.ts'

/**
 * Generalised linear models with canonical links: the log-likelihood is β'X'y − Σ b(η_i) and a term without β, so that an
 * outcome enters a fit by X'y alone (Nelder and Wedderburn 1972). b' is the mean and b'' the variance.
 */
export const familyNames = ['gaussian', 'binomial', 'poisson'] as const

export type FamilyName = (typeof familyNames)[number]

export interface Family {
  /** b(η). */
  readonly cumulant: (eta: number) => number
  readonly mean: (eta: number) => number
  readonly variance: (mean: number) => number
  /** The η of a mean that some outcomes have. */
  readonly link: (mean: number) => number
  /** The mean that R begins with for an outcome. */
  readonly start: (y: number) => number
  /** The log-likelihood of an outcome whose mean is itself: y·η(y) − b(η(y)), or its limit. */
  readonly saturated: (y: number) => number
  /** Whether the variance is one with a factor that is estimated. */
  readonly dispersed: boolean
}

/** R keeps predictors of a logit within ±30, where a mean is as near to 0 or 1 as it tells apart. */
const furthest = 30
const epsilon = 2 ** -52

export const families: Readonly<Record<FamilyName, Family>> = {
  gaussian: {
    cumulant: (eta) => (eta * eta) / 2,
    mean: (eta) => eta,
    variance: () => 1,
    link: (mean) => mean,
    start: (y) => y,
    saturated: (y) => (y * y) / 2,
    dispersed: true,
  },
  binomial: {
    cumulant: (eta) => (eta > 0 ? eta + ln1p(exp(-eta)) : ln1p(exp(eta))),
    mean: (eta) => {
      if (eta < -furthest) return epsilon
      if (eta > furthest) return 1 / (1 + epsilon)
      return eta > 0 ? 1 / (1 + exp(-eta)) : exp(eta) / (1 + exp(eta))
    },
    variance: (mean) => mean * (1 - mean),
    link: (mean) => ln(mean / (1 - mean)),
    start: (y) => (y + 0.5) / 2,
    saturated: () => 0,
    dispersed: false,
  },
  poisson: {
    cumulant: exp,
    mean: (eta) => Math.max(exp(eta), epsilon),
    variance: (mean) => mean,
    link: (mean) => ln(mean),
    start: (y) => y + 0.1,
    saturated: (y) => (y === 0 ? 0 : y * ln(y) - y),
    dispersed: false,
  },
}
