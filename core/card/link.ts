import * as z from 'zod/mini'
import { atan2, exp, expm1, power } from '../number/elementary.ts'
import { normalCdf } from '../number/normal.ts'

/**
 * Links: how responses come from linear predictors. Public, applied by the analyst after opening.
 */

/** Links that act on each head by itself. */
const plainLinks = [
  'identity',
  'logit',
  'probit',
  'cloglog',
  'loglog',
  'cauchit',
  'log',
  'log1p',
  'logc',
  'inverse',
  'inverse-square',
] as const

/** Links that join all heads and give one response per head. */
const jointLinks = ['softmax', 'normalised', 'argmax'] as const

const distributions = ['logit', 'probit', 'cloglog', 'loglog', 'cauchit'] as const
const finite = z.number()
const name = z.string().check(z.minLength(1), z.maxLength(200))

export const link = z.union([
  z.enum([...plainLinks, ...jointLinks]),
  /** η = μ^p, so μ = η^(1/p); p = 0 is the log link. */
  z.strictObject({ power: finite }),
  /** η = log(μ / (μ + 1/c)). */
  z.strictObject({ negativeBinomial: finite.check(z.positive()) }),
  /** η = ((μ/(1 − μ))^d − 1) / d; d = 0 is the logit link. */
  z.strictObject({ oddsPower: finite }),
  /**
   * Ordered categories: P(Y ≤ j) = F(θ_j − η) with one head and public thresholds, or F(η_j) with one head per
   * threshold. One response per category.
   */
  z.strictObject({
    cumulative: z.enum(distributions),
    categories: z.array(name).check(z.minLength(2), z.maxLength(1000)),
    thresholds: z.optional(z.array(finite)),
  }),
  /**
   * Proportional hazards: the hazard ratio exp(η), then the survival exp(−H₀(t)·exp(η)) at each time of the published
   * baseline, given as [time, cumulative hazard].
   */
  z.strictObject({
    survival: z.strictObject({
      baseline: z.array(z.tuple([finite, finite.check(z.nonnegative())])).check(z.maxLength(1000)),
    }),
  }),
])

export type Link = z.infer<typeof link>
type PlainLink = (typeof plainLinks)[number]

/** The names of the responses that a link gives for these heads. */
export function responseNames(link: Link, heads: readonly string[]): string[] {
  if (typeof link === 'string') return [...heads]
  if ('cumulative' in link) return [...link.categories]
  if ('survival' in link) return ['hazard_ratio', ...link.survival.baseline.map(([time]) => `survival_${time}`)]
  return [...heads]
}

/** Whether every response of the link is in [0, 1]. */
export function givesProbabilities(link: Link): boolean {
  if (typeof link === 'object') return 'cumulative' in link || 'oddsPower' in link
  return [...distributions, 'softmax', 'normalised'].some((name) => name === link)
}

/** Why a link does not go with the heads of a model. */
export type LinkProblem =
  | { readonly why: 'joint'; readonly link: string }
  | { readonly why: 'survivalHeads' | 'baseline' | 'cumulativeHeads' | 'thresholdHeads' | 'thresholds' }

/** Why a link does not go with so many heads, or null when it does. */
export function linkProblem(link: Link, heads: number): LinkProblem | null {
  if (typeof link === 'string') {
    return jointLinks.some((joint) => joint === link) && heads < 2 ? { why: 'joint', link } : null
  }
  if ('survival' in link) {
    if (heads !== 1) return { why: 'survivalHeads' }
    const { baseline } = link.survival
    const rises = baseline.every(([time, hazard], i) => {
      const before = baseline[i - 1]
      return before === undefined || (before[0] < time && before[1] <= hazard)
    })
    return rises ? null : { why: 'baseline' }
  }
  if (!('cumulative' in link)) return null
  const { categories, thresholds } = link
  if (!thresholds) {
    return heads === categories.length - 1 ? null : { why: 'cumulativeHeads' }
  }
  if (heads !== 1 || thresholds.length !== categories.length - 1) {
    return { why: 'thresholdHeads' }
  }
  const ascending = thresholds.every((theta, i) => i === 0 || (thresholds[i - 1] as number) <= theta)
  return ascending ? null : { why: 'thresholds' }
}

/**
 * The responses for one record's linear predictors, one predictor per head. Probabilities are in [0, 1]; those of
 * softmax, normalised and cumulative links add up to 1.
 */
export function respond(link: Link, predictors: readonly number[]): number[] {
  if (typeof link === 'string') {
    switch (link) {
      case 'softmax':
        return softmax(predictors)
      case 'normalised':
        // Far below zero the logistic function is the exponential, and its ratios are softmax's.
        return predictors.every((eta) => eta < -700)
          ? softmax(predictors)
          : normalised(predictors.map((eta) => inverseLink('logit', eta)))
      case 'argmax':
        return [...predictors]
      default:
        return predictors.map((eta) => inverseLink(link, eta))
    }
  }
  if ('power' in link) return predictors.map((eta) => (link.power === 0 ? exp(eta) : power(eta, 1 / link.power)))
  if ('negativeBinomial' in link) return predictors.map((eta) => 1 / (link.negativeBinomial * expm1(-eta)))
  if ('oddsPower' in link) {
    const d = link.oddsPower
    return predictors.map((eta) => (d === 0 ? inverseLink('logit', eta) : 1 / (1 + power(1 + d * eta, -1 / d))))
  }
  const first = predictors[0] as number
  if ('survival' in link) {
    const ratio = exp(first)
    return [ratio, ...link.survival.baseline.map(([, hazard]) => exp(-hazard * ratio))]
  }
  const etas = link.thresholds ? link.thresholds.map((theta) => theta - first) : predictors
  const upTo = [...etas.map((eta) => inverseLink(link.cumulative, eta)), 1]
  // Heads that are not in order, by rounding or by the fit, would make a probability negative.
  return upTo.map((probability, j) => (j === 0 ? probability : Math.max(0, probability - (upTo[j - 1] as number))))
}

function inverseLink(link: PlainLink, eta: number): number {
  switch (link) {
    case 'identity':
      return eta
    case 'logit':
      // Either branch takes exp of something at or below zero, so nothing overflows and no digits are lost.
      return eta >= 0 ? 1 / (1 + exp(-eta)) : exp(eta) / (1 + exp(eta))
    case 'probit':
      return normalCdf(eta)
    case 'cloglog':
      return -expm1(-exp(eta))
    case 'loglog':
      return exp(-exp(-eta))
    case 'cauchit':
      // 1/2 + atan(η)/π, without the cancellation far below zero.
      return atan2(1, -eta) / Math.PI
    case 'log':
      return exp(eta)
    case 'log1p':
      return expm1(eta)
    case 'logc':
      return -expm1(eta)
    case 'inverse':
      return 1 / eta
    case 'inverse-square':
      return 1 / Math.sqrt(eta)
  }
}

function softmax(predictors: readonly number[]): number[] {
  const top = predictors.reduce((most, eta) => Math.max(most, eta), Number.NEGATIVE_INFINITY)
  return normalised(predictors.map((eta) => exp(eta - top)))
}

function normalised(weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / sum)
}
