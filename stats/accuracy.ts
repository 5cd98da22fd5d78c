import { fail } from './faults.ts'
import { meanOf } from './sums.ts'
import { blocksOf, type Group, tenthsOf } from './tenths.ts'

/** How well scores tell amounts that became known afterwards. */

export interface Accuracy {
  readonly records: number
  /** 1 less the share of the outcomes' variance that is left; the square of the correlation. */
  readonly r2: number
  readonly squaredCorrelation: number
  readonly rootMeanSquare: number
  readonly meanAbsolute: number
  /** Of outcome less score: its mean, and its quantiles at 5, 25, 50, 75 and 95 % (R's type 7). */
  readonly bias: number
  readonly quantiles: readonly number[]
  /** How many of them lie in each of some bars of equal width between the least and the largest. */
  readonly spread: { readonly from: number; readonly to: number; readonly counts: readonly number[] }
  /** Tenths of the records by descending score. */
  readonly tenths: readonly Group[]
}

const bars = 30

/** Outcomes are amounts. Throws `study/fit` where all are the same. */
export function accuracyOf(scores: Float64Array, outcomes: Float64Array): Accuracy {
  // Of outcomes that are all the same, what rounding leaves of their mean would be their variance.
  if (outcomes.every((outcome) => outcome === outcomes[0])) fail('study/fit', 'oneOutcome')
  const residuals = outcomes.map((outcome, i) => outcome - (scores[i] as number))
  const [meanScore, meanOutcome] = [meanOf(scores), meanOf(outcomes)]
  const scoreAway = scores.map((score) => score - meanScore)
  const away = outcomes.map((outcome) => outcome - meanOutcome)
  const left = meanOf(residuals.map((x) => x * x))
  const variance = meanOf(away.map((x) => x * x))
  const together = meanOf(away.map((x, i) => x * (scoreAway[i] as number)))
  const scoreVariance = meanOf(scoreAway.map((x) => x * x))
  const sorted = Float64Array.from(residuals).sort()
  return {
    records: scores.length,
    r2: 1 - left / variance,
    squaredCorrelation: scoreVariance === 0 ? 0 : together ** 2 / (variance * scoreVariance),
    rootMeanSquare: Math.sqrt(left),
    meanAbsolute: meanOf(residuals.map(Math.abs)),
    bias: meanOf(residuals),
    quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map((p) => quantile(sorted, p)),
    spread: spreadOf(sorted),
    tenths: tenthsOf(blocksOf(scores, outcomes), scores.length),
  }
}

function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1)
  const below = sorted[Math.floor(at)] as number
  return below + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] as number) - below)
}

function spreadOf(sorted: Float64Array): Accuracy['spread'] {
  const [from, to] = [sorted[0] as number, sorted.at(-1) as number]
  const counts = Array<number>(bars).fill(0)
  for (const x of sorted) {
    const bar = from === to ? 0 : Math.min(bars - 1, Math.floor((bars * (x - from)) / (to - from)))
    counts[bar] = (counts[bar] as number) + 1
  }
  return { from, to, counts }
}
