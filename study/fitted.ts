import type { Link } from '../core/card/link.ts'
import type { DoubleDouble } from '../core/number/doubleDouble.ts'
import { ln } from '../core/number/elementary.ts'
import type { ModelFile } from '../model/modelFile.ts'
import { judgedBySums } from '../stats/bySums.ts'
import { crossProducts, gramOf } from '../stats/exactSums.ts'
import { type CanonicalName, canonicalNames, usualLink } from '../stats/families.ts'
import { type Fit, fitModel } from '../stats/fit.ts'
import { fitGlm, type GlmProblem } from '../stats/glm.ts'
import type { Stopping } from '../stats/irls.ts'
import { type LinkName, links } from '../stats/links.ts'
import { lnFactorial } from '../stats/lnGamma.ts'
import { orthogonal } from '../stats/polynomials.ts'
import { inTwoDoubles } from '../stats/rounded.ts'
import { type ColumnScale, intercept, type Shown, type Summary, summarise } from '../stats/summary.ts'
import { Sum } from '../stats/sums.ts'
import { type Design, type DesignInput, type DesignRows, inOwnUnit, outcomeScale } from './design.ts'
import { completed, linkOf, neededColumns, type StudyFile, sumFamily } from './studyFile.ts'

/** A study's fit where its records and outcomes are in one place, and the model that can be served from any fit. */

/**
 * `rows` are those of the design. With a canonical link sums of outcomes are enough, and are what is taken: a fit is then to
 * the last bit what it is where the outcomes are elsewhere.
 */
export function fitHere(
  study: StudyFile,
  design: Design,
  rows: DesignRows,
  stopping: Stopping,
  begin?: GlmProblem['begin'],
): Summary {
  if (stopping === 'optimum' && takesSums(study)) return fitOfSums(study, design, rows)
  const problem = { ...glmProblem(study, design, rows), begin }
  const fit = fitGlm(problem, stopping)
  const { family, link } = problem
  const shown = shownOf(design, fit, gramWithin(withOnes(rows)))
  return summarise(fit, design.inputs, { origin: 0, step: 1 }, { family, link, warnings: fit.warnings }, fit, shown)
}

/** X'X of some of the columns, that of ones among them. */
export const gramWithin =
  (columns: readonly Float64Array[]) =>
  (places: readonly number[]): bigint[][] =>
    gramOf(places.map((place) => columns[place] as Float64Array))

/** Coefficients as R shows them, where they are not those of the design's columns. */
export function shownOf(
  { inputs, polynomials }: Design,
  { kept }: Pick<Fit, 'kept'>,
  gram: ReturnType<typeof gramWithin>,
): Shown[] {
  if (inputs.every(({ shown }) => shown === undefined)) return []
  const named = inputs.map(({ name, shown }) => ({ name: shown ?? name }))
  return orthogonal(inputs, named, polynomials, kept, gram)
}

/** What is fitted where the outcomes are taken one by one, in their own unit. */
export function glmProblem(study: StudyFile, design: Design, rows: DesignRows): GlmProblem {
  return {
    family: study.family,
    link: linkOf(study),
    columns: withOnes(rows),
    outcomes: ownOutcomes(design, rows),
    weights: rows.weights,
    offset: rows.offset,
  }
}

/** Outcomes in their own unit. */
const ownOutcomes = ({ outcome }: Design, { outcomes }: DesignRows): Float64Array<ArrayBuffer> =>
  outcome ? inOwnUnit(outcomes, { ...outcome, ...perStep(outcome) }) : outcomes

/** The scale of outcomes that are counted in steps alone. */
const perStep = ({ shift, units, unit }: DesignInput): Pick<ColumnScale, 'shift' | 'units'> => ({
  shift: shift / unit,
  units: units / unit,
})

export const withOnes = ({ columns, outcomes }: DesignRows): Float64Array[] => [
  new Float64Array(outcomes.length).fill(1),
  ...columns,
]

function takesSums({ family, link, offsets, weights, failures }: StudyFile): boolean {
  const canonical = canonicalNames.some((name) => name === family)
  const alike = weights === undefined && failures === undefined
  return canonical && (link ?? usualLink(family)) === usualLink(family) && !offsets && alike
}

function fitOfSums(study: StudyFile, design: Design, rows: DesignRows): Summary {
  const family = sumFamily(study)
  const scale = outcomeScale(study)
  const columns = withOnes(rows)
  const [squares = 0n, ...sums] = crossProducts([rows.outcomes, ...columns], rows.outcomes)
  const totals = sums.map(inTwoDoubles)
  const fit = fitModel({ family, columns, totals, exact: { totals: sums, squares } })
  const judged = judgedBySums(fit, {
    family,
    total: totals[0] as DoubleDouble,
    saturated: saturatedLikelihood(family, rows.outcomes),
    constant: family === 'poisson' ? lnFactorials(rows.outcomes) : 0,
    ...scale,
  })
  const shown = shownOf(design, fit, gramWithin(columns))
  return summarise(fit, design.inputs, scale, { family, link: usualLink(family), warnings: [] }, judged, shown)
}

/** The log-likelihood where every mean is its outcome: what a deviance is measured from. */
function saturatedLikelihood(family: CanonicalName, outcomes: Float64Array): DoubleDouble {
  const sum = new Sum()
  for (const y of outcomes) {
    if (family === 'gaussian') sum.add((y * y) / 2)
    if (family === 'poisson' && y > 0) sum.add(y * ln(y) - y)
  }
  return sum.value
}

/** Σ ln y!. */
function lnFactorials(counts: Float64Array): number {
  const sum = new Sum()
  for (const count of counts) sum.add(lnFactorial(count))
  return sum.value[0]
}

/** What the fit expects of each record's outcome, in the outcome's own unit, and the outcomes in the same. */
export function expectedAndTold(
  study: StudyFile,
  design: Design,
  rows: DesignRows,
  summary: Estimates,
): { readonly expected: Float64Array<ArrayBuffer>; readonly told: Float64Array<ArrayBuffer> } {
  const { columns, outcomes, offset } = rows
  const weights = estimatesOf(summary)
  const constant = weights.get(intercept) ?? 0
  const etas = Float64Array.from(outcomes, (_, i) => constant + (offset?.[i] ?? 0))
  for (const [j, { name, shift, units }] of design.inputs.entries()) {
    const [column, weight] = [columns[j] as Float64Array, weights.get(name) ?? 0]
    for (let i = 0; i < etas.length; i++) {
      etas[i] = (etas[i] as number) + (weight * ((column[i] as number) + shift)) / units
    }
  }
  return { expected: etas.map(links[linkOf(study)].mean), told: ownOutcomes(design, rows) }
}

/** A model file's name of each link. */
const served: Readonly<Record<LinkName, Link>> = {
  identity: 'identity',
  log: 'log',
  inverse: 'inverse',
  '1/mu^2': 'inverse-square',
  sqrt: { power: 0.5 },
  logit: 'logit',
  probit: 'probit',
  cloglog: 'cloglog',
  cauchit: 'cauchit',
}

/** The link of a fit whose model has this one; null where R has none. */
export function linkOfCard(link: Link): LinkName | null {
  const text = JSON.stringify(link)
  const found = Object.entries(served).find(([, each]) => JSON.stringify(each) === text)
  return found ? (found[0] as LinkName) : null
}

/** What of a fit its model has. */
export interface Estimates {
  readonly records: number
  readonly coefficients: readonly Estimate[]
  /** Those of the design's columns, where the coefficients are others. */
  readonly columns?: readonly Estimate[]
}

interface Estimate {
  readonly name: string
  readonly estimate: number | null
}

/** Of the intercept and the design's columns, by name. */
const estimatesOf = ({ coefficients, columns = coefficients }: Estimates): ReadonlyMap<string, number> =>
  new Map(columns.map(({ name, estimate }) => [name, estimate ?? 0]))

/** The fit as a model file that a scoring server serves as it is. It has no record in it. What was weighed by is no column of it. */
export function modelOf(written: StudyFile, design: Design, summary: Estimates): ModelFile {
  const { study } = completed(written)
  const { offsets = [] } = study
  const { features, derived } = neededColumns(study, [...study.terms, ...offsets])
  const weights = estimatesOf(summary)
  return {
    format: 'blindscore-model/1',
    id: study.id,
    version: '1.0.0',
    title: study.title,
    description: study.description,
    outcome: study.event === undefined ? study.outcome.name : `${study.outcome.name}: ${study.event}`,
    data: { name: study.title, rows: summary.records },
    features,
    ...(derived.length > 0 && { derived }),
    heads: [
      {
        intercept: weights.get(intercept) ?? 0,
        terms: [
          ...design.inputs.map(({ name, term, level }) => ({
            feature: term,
            ...(level !== undefined && { level }),
            // An offset that is a term as well has one more than its coefficient.
            weight: (weights.get(name) ?? 0) + offsets.filter((each) => each === term).length,
          })),
          ...[...new Set(offsets)]
            .filter((name) => !study.terms.includes(name))
            .map((feature) => ({ feature, weight: offsets.filter((each) => each === feature).length })),
        ],
      },
    ],
    link: served[linkOf(study)],
    tolerance: 1e-6,
  }
}
