import type { Link } from '../core/card/link.ts'
import type { DoubleDouble } from '../core/number/doubleDouble.ts'
import { ln } from '../core/number/elementary.ts'
import type { ModelFile } from '../model/modelFile.ts'
import { crossProducts } from '../stats/exactSums.ts'
import { families } from '../stats/families.ts'
import { fitModel, saturatedLikelihood } from '../stats/fit.ts'
import { inTwoDoubles } from '../stats/rounded.ts'
import { intercept, type Summary, summarise } from '../stats/summary.ts'
import { Sum } from '../stats/sums.ts'
import { type Design, outcomeScale } from './design.ts'
import { neededColumns, type StudyFile } from './studyFile.ts'

/** A study's fit where its records and outcomes are in one place, and the model that can be served from any fit. */

/** `columns` are those of the design without the ones, in the order of its inputs. */
export function fitHere(
  study: StudyFile,
  design: Design,
  columns: readonly Float64Array[],
  outcomes: Float64Array,
  stopping: 'optimum' | 'r',
): Summary {
  const { family } = study
  const all = [new Float64Array(outcomes.length).fill(1), ...columns]
  const { origin, step } = outcomeScale(study)
  // An outcome is counted from 0 but where it is a gaussian's, whose steps begin at its minimum.
  const totals = crossProducts(all, outcomes).map(inTwoDoubles)
  const fit = fitModel({ family, columns: all, totals }, stopping === 'r' ? { at: 'r', outcomes } : { at: 'optimum' })
  return summarise(fit, design.inputs, {
    family,
    total: totals[0] as DoubleDouble,
    saturated: saturatedLikelihood(families[family], outcomes),
    constant: family === 'poisson' ? lnFactorials(outcomes) : 0,
    origin,
    step,
  })
}

/** Σ ln y!. */
function lnFactorials(counts: Float64Array): number {
  const of: number[] = [0]
  const sum = new Sum()
  for (const count of counts) {
    while (of.length <= count) of.push((of.at(-1) as number) + ln(of.length))
    sum.add(of[count] as number)
  }
  return sum.value[0]
}

const links: Readonly<Record<StudyFile['family'], Link>> = { gaussian: 'identity', binomial: 'logit', poisson: 'log' }

/** The fit as a model file that a scoring server serves as it is. It has no record in it. */
export function modelOf(study: StudyFile, design: Design, summary: Summary): ModelFile {
  const { features, derived } = neededColumns(study)
  const weights = new Map(summary.coefficients.map(({ name, estimate }) => [name, estimate ?? 0]))
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
        terms: design.inputs.map(({ name, term, level }) => ({
          feature: term,
          ...(level !== undefined && { level }),
          weight: weights.get(name) ?? 0,
        })),
      },
    ],
    link: links[study.family],
    tolerance: 1e-6,
  }
}
