import { ln } from '../core/number/elementary.ts'
import { families } from './families.ts'
import { fitGlm, type GlmFit, type GlmProblem } from './glm.ts'
import type { Stopping } from './irls.ts'
import { lnChiSquareTail, lnFTail } from './tails.ts'

/**
 * What each term of a model adds: R's `anova`, `drop1`, `add1` and `step`. A term is some columns of the design, a category's
 * all together; the first column, of ones, is in every model.
 */
export interface TermsProblem {
  readonly problem: GlmProblem
  /** The places among the columns, by term. */
  readonly terms: readonly (readonly number[])[]
  /** For each term those without which it is none: a product's factors. */
  readonly margins?: readonly (readonly number[])[]
}

/** One model less than another, or one more. */
export interface TermRow {
  /** Null for the model that others are compared with. */
  readonly term: number | null
  /** Coefficients that the term has; the deviance that it takes away, or would. */
  readonly coefficients: number
  readonly deviance: number
  /** Of the model of this row. */
  readonly freedomLeft: number
  readonly devianceLeft: number
  /** As `drop1` counts it: by the whole model's dispersion where the family has one, so that differences are those of deviances. */
  readonly aic: number | null
  /** F where the family's dispersion is estimated, else χ², and the natural logarithm of its tail. */
  readonly statistic: number | null
  readonly lnP: number | null
}

function fitOf({ problem, terms }: TermsProblem, used: readonly number[], stopping: Stopping): GlmFit {
  const places = [0, ...used.flatMap((term) => terms[term] as readonly number[])]
  return fitGlm({ ...problem, columns: places.map((place) => problem.columns[place] as Float64Array) }, stopping)
}

const every = ({ terms }: TermsProblem): number[] => terms.map((_, term) => term)

/** `anova`: terms one after the other. F and χ² are by the dispersion of the whole model. */
export function anovaOf(problem: TermsProblem, stopping: Stopping = 'optimum'): TermRow[] {
  const all = every(problem)
  const fits = [[], ...all.map((term) => all.slice(0, term + 1))].map((used) => fitOf(problem, used, stopping))
  const whole = fits.at(-1) as GlmFit
  return fits.map((fit, i): TermRow => {
    if (i === 0) return baseRow(fit)
    const before = fits[i - 1] as GlmFit
    const rest = { coefficients: before.freedom - fit.freedom, deviance: Math.max(0, before.deviance - fit.deviance) }
    const { dispersed } = families[problem.problem.family]
    return {
      ...baseRow(fit),
      term: i - 1,
      ...rest,
      ...tested(rest, { dispersed, dispersion: whole.dispersion, freedom: whole.freedom }),
    }
  })
}

/** `drop1`: the whole model, and it without each of its terms that no product needs. F is by the deviance that the whole one leaves, as R has it. */
export function dropped(problem: TermsProblem, stopping: Stopping = 'optimum'): TermRow[] {
  const all = every(problem)
  const whole = fitOf(problem, all, stopping)
  const free = all.filter((term) => mayGo(problem, all, term))
  return [baseRow(whole), ...free.map((term) => comparedRow(problem, whole, without(all, term), term, stopping))]
}

/** Whether no other term is a product with this one in it; and whether all of which it is a product are there. */
const mayGo = ({ margins = [] }: TermsProblem, used: readonly number[], term: number): boolean =>
  !used.some((other) => margins[other]?.includes(term))
const mayCome = ({ margins = [] }: TermsProblem, used: readonly number[], term: number): boolean =>
  (margins[term] ?? []).every((margin) => used.includes(margin))

const without = (used: readonly number[], term: number): number[] => used.filter((each) => each !== term)

function comparedRow(
  problem: TermsProblem,
  whole: GlmFit,
  used: readonly number[],
  term: number,
  stopping: Stopping,
): TermRow {
  const fit = fitOf(problem, used, stopping)
  const rest = { coefficients: fit.freedom - whole.freedom, deviance: Math.max(0, fit.deviance - whole.deviance) }
  const dispersion = whole.freedom > 0 ? whole.deviance / whole.freedom : null
  const { dispersed } = families[problem.problem.family]
  const aic = comparedAic(problem.problem, whole, fit)
  return { ...baseRow(fit), term, ...rest, aic, ...tested(rest, { dispersed, dispersion, freedom: whole.freedom }) }
}

/**
 * `add1`: a model of some terms, and it with each of the others. F is by the deviance that the larger model leaves, as R has it;
 * AIC by the dispersion of the smaller one.
 */
export function added(problem: TermsProblem, used: readonly number[], stopping: Stopping = 'optimum'): TermRow[] {
  const base = fitOf(problem, used, stopping)
  const others = every(problem).filter((term) => !used.includes(term) && mayCome(problem, used, term))
  return [baseRow(base), ...others.map((term) => addedRow(problem, base, used, term, stopping))]
}

function addedRow(
  problem: TermsProblem,
  base: GlmFit,
  used: readonly number[],
  term: number,
  stopping: Stopping,
): TermRow {
  const fit = fitOf(problem, [...used, term], stopping)
  const rest = { coefficients: base.freedom - fit.freedom, deviance: Math.max(0, base.deviance - fit.deviance) }
  const dispersion = fit.freedom > 0 ? fit.deviance / fit.freedom : null
  const { dispersed } = families[problem.problem.family]
  const aic = comparedAic(problem.problem, base, fit)
  return { ...baseRow(fit), term, ...rest, aic, ...tested(rest, { dispersed, dispersion, freedom: fit.freedom }) }
}

function comparedAic({ family, outcomes }: GlmProblem, whole: GlmFit, fit: GlmFit): number | null {
  if (whole.extractAic === null) return null
  const more = 2 * (whole.freedom - fit.freedom)
  if (family === 'gaussian') return whole.extractAic + more + outcomes.length * ln(fit.deviance / whole.deviance)
  return whole.dispersion === null ? null : whole.extractAic + more + (fit.deviance - whole.deviance) / whole.dispersion
}

const baseRow = ({ freedom, deviance, extractAic }: GlmFit): TermRow => ({
  term: null,
  coefficients: 0,
  deviance: 0,
  freedomLeft: freedom,
  devianceLeft: deviance,
  aic: extractAic,
  statistic: null,
  lnP: null,
})

interface Scale {
  readonly dispersed: boolean
  readonly dispersion: number | null
  readonly freedom: number
}

function tested(
  { coefficients, deviance }: Pick<TermRow, 'coefficients' | 'deviance'>,
  { dispersed, dispersion, freedom }: Scale,
): Pick<TermRow, 'statistic' | 'lnP'> {
  if (coefficients === 0 || dispersion === null) return { statistic: null, lnP: null }
  if (!dispersed) return { statistic: deviance, lnP: lnChiSquareTail(deviance, coefficients) }
  const statistic = deviance / coefficients / dispersion
  return { statistic, lnP: lnFTail(statistic, coefficients, freedom) }
}

/** The terms that are left, in their order, and the criterion of each model on the way. */
export interface Stepped {
  readonly terms: readonly number[]
  readonly aics: readonly number[]
}

/** R's: a step that gains less than this is none. */
const leastGain = 1e-7

/** `step` in both directions from the whole model: what lowers the criterion most goes, or comes back. */
export function stepByAic(problem: TermsProblem, stopping: Stopping = 'optimum'): Stepped {
  let used: readonly number[] = every(problem)
  let fit = fitOf(problem, used, stopping)
  const aics: number[] = []
  while (fit.extractAic !== null) {
    aics.push(fit.extractAic)
    const next = nextStep(problem, used, fit, stopping)
    if (next === null) break
    const changed = fitOf(problem, next, stopping)
    // Where models are compared by the larger one's dispersion, the one gone to may turn out no better: R's `step` ends with it.
    used = next
    if (changed.extractAic === null || changed.extractAic >= fit.extractAic + leastGain) break
    fit = changed
  }
  return { terms: used, aics }
}

/** The model with one term less, or one more, that `step` goes to; null where none is better. */
function nextStep(
  problem: TermsProblem,
  used: readonly number[],
  whole: GlmFit,
  stopping: Stopping,
): readonly number[] | null {
  let [best, least] = [null as readonly number[] | null, whole.extractAic as number]
  let idle: readonly number[] | null = null
  for (const term of [...used, ...every(problem).filter((each) => !used.includes(each))]) {
    const isThere = used.includes(term)
    if (!(isThere ? mayGo(problem, used, term) : mayCome(problem, used, term))) continue
    const tried = isThere ? without(used, term) : [...used, term].sort((a, b) => a - b)
    const fit = fitOf(problem, tried, stopping)
    if (isThere && fit.freedom === whole.freedom) idle = tried
    const aic = comparedAic(problem.problem, whole, fit)
    if (aic !== null && aic < least) [best, least] = [tried, aic]
  }
  // A term without which there are as many coefficients goes first, the last of them.
  return idle ?? best
}
