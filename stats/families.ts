import { exp, ln, ln1p } from '../core/number/elementary.ts'
import { deviation, lnBinomial, lnGammaDensity, lnPoisson } from './density.ts'
import { type LinkName, linkNames, links } from './links.ts'
import { Sum } from './sums.ts'

/** Families of generalised linear models, by the names and with the conventions of R's `family` objects. */
export const familyNames = [
  'gaussian',
  'binomial',
  'poisson',
  'Gamma',
  'inverse.gaussian',
  'quasibinomial',
  'quasipoisson',
  // R's quasi(variance = …), with its variance in the name.
  'quasi(constant)',
  'quasi(mu)',
  'quasi(mu^2)',
  'quasi(mu^3)',
  'quasi(mu(1-mu))',
] as const

export type FamilyName = (typeof familyNames)[number]

/** Which outcomes a family takes: any number, shares in [0, 1], numbers from 0 on, numbers above 0. */
export type Outcomes = 'any' | 'shares' | 'counts' | 'positive'

export interface Family {
  /** The first one is canonical, or for quasi-families that of the family that they are like. */
  readonly links: readonly [LinkName, ...LinkName[]]
  readonly outcomes: Outcomes
  readonly variance: (mean: number) => number
  /** The variance's derivative. */
  readonly rise: (mean: number) => number
  /** Whether a mean is one that the family has. */
  readonly holds: (mean: number) => boolean
  /** An outcome's part in the deviance, with a prior weight of 1. */
  readonly deviance: (y: number, mean: number) => number
  /** What the estimate makes least, where R's deviance is that cut off. */
  readonly uncut?: Family['deviance']
  /** The mean that R begins with for an outcome. */
  readonly start: (y: number, weight: number) => number
  /** Whether the variance has a factor that is estimated. */
  readonly dispersed: boolean
  /** −2 ln L at these means, and twice the parameters beside coefficients; null where there is no likelihood. */
  readonly aic: (outcomes: Float64Array, means: Float64Array, weights: Float64Array, deviance: number) => number | null
}

const unweighted = (y: number): number => y
const positive = (mean: number): boolean => Number.isFinite(mean) && mean > 0
const share = (mean: number): boolean => mean > 0 && mean < 1
/** y·ln(y/μ) − (y − μ), with y·ln y of 0 as 0: of outcomes next to their means as many digits as of the difference. */
const away = (y: number, mean: number): number => (y === 0 ? mean : deviation(y, mean))

function total(count: number, part: (i: number) => number): number {
  const sum = new Sum()
  for (let i = 0; i < count; i++) sum.add(part(i))
  return sum.value[0]
}

const at = (values: Float64Array, i: number): number => values[i] as number

/** A whole number, halves to the even one, as R's `round` has it. */
function wholeOf(x: number): number {
  const below = Math.floor(x)
  return x - below < 0.5 || (x - below === 0.5 && below % 2 === 0) ? below : below + 1
}

const binomial: Family = {
  links: ['logit', 'probit', 'cloglog', 'cauchit', 'log'],
  outcomes: 'shares',
  variance: (mean) => mean * (1 - mean),
  rise: (mean) => 1 - 2 * mean,
  holds: share,
  deviance: (y, mean) => 2 * (away(y, mean) + away(1 - y, 1 - mean)),
  start: (y, weight) => (weight * y + 0.5) / (weight + 1),
  dispersed: false,
  // Weights are numbers of trials, of which so many are events.
  aic: (outcomes, means, weights) =>
    -2 *
    total(outcomes.length, (i) => {
      const w = at(weights, i)
      return lnBinomial(wholeOf(w * at(outcomes, i)), wholeOf(w), at(means, i))
    }),
}

const poisson: Family = {
  links: ['log', 'identity', 'sqrt'],
  outcomes: 'counts',
  variance: (mean) => mean,
  rise: () => 1,
  holds: positive,
  deviance: (y, mean) => 2 * away(y, mean),
  start: (y) => y + 0.1,
  dispersed: false,
  aic: (outcomes, means, weights) =>
    -2 * total(outcomes.length, (i) => at(weights, i) * lnPoisson(at(outcomes, i), at(means, i))),
}

const gaussian: Family = {
  links: ['identity', 'log', 'inverse'],
  outcomes: 'any',
  variance: () => 1,
  rise: () => 0,
  holds: Number.isFinite,
  deviance: (y, mean) => (y - mean) * (y - mean),
  start: unweighted,
  dispersed: true,
  aic: (outcomes, _means, weights, deviance) => {
    const n = outcomes.length
    if (deviance === 0) return null
    return n * (ln((2 * Math.PI * deviance) / n) + 1) + 2 - total(n, (i) => ln(at(weights, i)))
  },
}

const gamma: Family = {
  links: ['inverse', 'log', 'identity'],
  outcomes: 'positive',
  variance: (mean) => mean * mean,
  rise: (mean) => 2 * mean,
  holds: positive,
  // −2·(ln(y/μ) − (y − μ)/μ).
  deviance: (y, mean) => (2 * deviation(mean, y)) / mean,
  start: unweighted,
  dispersed: true,
  aic: (outcomes, means, weights, deviance) => {
    const shape = total(weights.length, (i) => at(weights, i)) / deviance
    // Outcomes that are their means have no bound on their density.
    if (!Number.isFinite(shape)) return null
    const likelihood = total(
      outcomes.length,
      (i) => at(weights, i) * lnGammaDensity(at(outcomes, i), at(means, i), shape),
    )
    return -2 * likelihood + 2
  },
}

const inverseGaussian: Family = {
  links: ['1/mu^2', 'inverse', 'log', 'identity'],
  outcomes: 'positive',
  variance: (mean) => mean * mean * mean,
  rise: (mean) => 3 * mean * mean,
  holds: positive,
  deviance: (y, mean) => ((y - mean) * (y - mean)) / (y * mean * mean),
  start: unweighted,
  dispersed: true,
  aic: (outcomes, _means, weights, deviance) => {
    const all = total(weights.length, (i) => at(weights, i))
    const logs = total(outcomes.length, (i) => at(weights, i) * ln(at(outcomes, i)))
    return all * (ln((deviance / all) * 2 * Math.PI) + 1) + 3 * logs + 2
  },
}

const withoutLikelihood = { dispersed: true, aic: () => null } as const

/** A variance with any link, begun where R's `quasi` begins: at the outcomes, but not at their ends. */
const quasi = (like: Family, start: Family['start']): Family => ({
  ...like,
  ...withoutLikelihood,
  links: linkNames,
  start,
})

/** R's deviance of an outcome of 0 with the variance μ², before it is cut off at 0: 2 ln μ and a constant. */
const squaredAtNothing = (mean: number): number => 2 * (ln(mean) - 1)

const notNothing = (y: number): number => (y === 0 ? 0.1 : y)

export const families: Readonly<Record<FamilyName, Family>> = {
  gaussian,
  binomial,
  poisson,
  Gamma: gamma,
  'inverse.gaussian': inverseGaussian,
  quasibinomial: { ...binomial, ...withoutLikelihood },
  quasipoisson: { ...poisson, ...withoutLikelihood },
  'quasi(constant)': quasi(gaussian, unweighted),
  'quasi(mu)': quasi(poisson, notNothing),
  'quasi(mu^2)': {
    ...quasi(gamma, notNothing),
    outcomes: 'counts',
    deviance: (y, mean) => (y === 0 ? Math.max(0, squaredAtNothing(mean)) : gamma.deviance(y, mean)),
    uncut: (y, mean) => (y === 0 ? squaredAtNothing(mean) : gamma.deviance(y, mean)),
  },
  'quasi(mu^3)': quasi(inverseGaussian, unweighted),
  'quasi(mu(1-mu))': quasi(binomial, (y) => Math.max(0.001, Math.min(0.999, y))),
}

/** The link that a family has where none is said. */
export const usualLink = (family: FamilyName): LinkName => families[family].links[0]

/**
 * Families with their canonical links: the log-likelihood is β'X'y − Σ b(η_i) and a term without β, so that an outcome enters
 * a fit by X'y alone (Nelder and Wedderburn 1972). b' is the mean and b'' the variance.
 */
export const canonicalNames = ['gaussian', 'binomial', 'poisson'] as const

export type CanonicalName = (typeof canonicalNames)[number]

/** b(η). */
export const cumulants: Readonly<Record<CanonicalName, (eta: number) => number>> = {
  gaussian: (eta) => (eta * eta) / 2,
  binomial: (eta) => (eta > 0 ? eta + ln1p(exp(-eta)) : ln1p(exp(eta))),
  poisson: exp,
}

export const canonicalLink = (family: CanonicalName) => links[usualLink(family)]
