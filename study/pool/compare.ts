import { asBlindscoreError } from '../../core/errors.ts'
import { families } from '../../stats/families.ts'
import { fitGlm, type GlmProblem } from '../../stats/glm.ts'
import { links } from '../../stats/links.ts'
import type { Judged } from '../../stats/summary.ts'
import { Sum } from '../../stats/sums.ts'
import { lnChiSquareTail } from '../../stats/tails.ts'
import { discriminationOf } from '../../stats/validation.ts'

/**
 * What a pooled fit says of an owner's own rows, beside a fit of these alone. Any one owner can falsify the result by numbers of its
 * own making, and nobody can prove that none did; what is far from one's own rows is at least seen. Nothing of it leaves.
 */
export interface Comparison {
  /** Of the model of all, on the own rows. */
  readonly all: Told
  /** Of a model of the own rows; null where these determine none. */
  readonly own: Told | null
  /** By how much the deviance of the own rows is above that of their own fit, in units of the dispersion, and of how many coefficients. */
  readonly difference: number | null
  readonly freedom: number
  /** ln of the probability of so large a difference where all rows follow one model. */
  readonly lnP: number | null
}

export interface Told {
  readonly deviance: number
  /** The part of the deviance from the own mean that is explained: R² of a linear model. */
  readonly explained: number
  /** The area under the curve, for outcomes of 0 and 1 of which both are there. */
  readonly auc: number | null
}

/** `means` are what the fit of all has for the problem's rows. */
export function comparedWithOwn(
  problem: GlmProblem,
  means: Float64Array,
  { dispersion, freedom, nullFreedom }: Judged,
): Comparison {
  const all = toldOf(problem, means)
  const columns = nullFreedom - freedom + 1
  const fitted = ownMeans(problem)
  if (fitted === null) return { all, own: null, difference: null, freedom: columns, lnP: null }
  const own = toldOf(problem, fitted)
  const difference = Math.max(0, all.deviance - own.deviance) / (dispersion ?? 1)
  return { all, own, difference, freedom: columns, lnP: lnChiSquareTail(difference, columns) }
}

function toldOf({ family: name, outcomes }: GlmProblem, means: Float64Array): Told {
  const family = families[name]
  const devianceFrom = (of: (i: number) => number): number => {
    const sum = new Sum()
    for (const [i, y] of outcomes.entries()) sum.add(family.deviance(y, of(i)))
    return sum.value[0]
  }
  const mean = outcomes.reduce((sum, y) => sum + y, 0) / outcomes.length
  const deviance = devianceFrom((i) => means[i] as number)
  const isEvents = outcomes.every((y) => y === 0 || y === 1) && mean > 0 && mean < 1
  return {
    deviance,
    explained: 1 - deviance / devianceFrom(() => mean),
    auc: isEvents ? discriminationOf(means, outcomes).auc : null,
  }
}

function ownMeans(problem: GlmProblem): Float64Array | null {
  try {
    const { coefficients } = fitGlm(problem)
    const { mean } = links[problem.link]
    return problem.outcomes.map((_, i) =>
      mean(coefficients.reduce((eta, [b], j) => eta + b * (problem.columns[j]?.[i] as number), 0)),
    )
  } catch (thrown) {
    // Rows that are separated, say, have no fit of their own, and may well be part of one.
    if (asBlindscoreError(thrown).code !== 'study/fit') throw thrown
    return null
  }
}
