import type { Card } from '../../core/card.ts'
import { givesProbabilities } from '../../core/link.ts'
import { responses } from '../../core/score.ts'

/** What a person wants to see at once of a run's scores, for one response of the model. */
export interface ResponseSummary {
  /** Over the finite scores; NaN when there are none. */
  readonly mean: number
  readonly min: number
  readonly max: number
  /** Scores that are no finite number, as a log link gives far out. */
  readonly notFinite: number
  /** Counts in bars of equal width between `from` and `to`. */
  readonly counts: readonly number[]
  readonly from: number
  readonly to: number
}

export interface ScoreSummary {
  /** records × responses scores, in the order of the predictors. */
  readonly scores: Float64Array
  readonly responses: readonly ResponseSummary[]
}

const bars = 40
const recordsAtOnce = 5_000

/**
 * The scores of `predictors` and how they are distributed. Gives the main thread back between pieces of some
 * milliseconds. Rejects with the signal's reason once it aborts.
 */
export async function summarise(card: Card, predictors: Float64Array, signal: AbortSignal): Promise<ScoreSummary> {
  const heads = card.heads.length
  const width = card.responses.length
  const records = predictors.length / heads
  const scores = new Float64Array(records * width)
  const inPieces = async (work: (from: number, to: number) => void): Promise<void> => {
    for (let from = 0; from < records; from += recordsAtOnce) {
      work(from, Math.min(from + recordsAtOnce, records))
      await new Promise((resolve) => setTimeout(resolve))
      signal.throwIfAborted()
    }
  }

  const spans = card.responses.map(() => ({ min: Infinity, max: -Infinity, sum: 0, finite: 0 }))
  await inPieces((from, to) => {
    for (let record = from; record < to; record++) {
      const predictorsOfRecord = Array.from(predictors.subarray(record * heads, (record + 1) * heads))
      scores.set(responses(card, predictorsOfRecord), record * width)
      for (const [r, span] of spans.entries()) {
        const value = scores[record * width + r] as number
        if (!Number.isFinite(value)) continue
        span.min = Math.min(span.min, value)
        span.max = Math.max(span.max, value)
        span.sum += value
        span.finite += 1
      }
    }
  })

  // Probabilities are shown on the whole of [0, 1].
  const whole = givesProbabilities(card.link)
  const charts = spans.map(({ min, max, finite }) => {
    const counts = new Array<number>(bars).fill(0)
    if (whole || finite === 0) return { from: 0, to: 1, counts }
    return min === max ? { from: min - 0.5, to: max + 0.5, counts } : { from: min, to: max, counts }
  })
  await inPieces((from, to) => {
    for (let at = from * width; at < to * width; at++) {
      const value = scores[at] as number
      const chart = charts[at % width]
      if (!chart || !Number.isFinite(value)) continue
      const bar = Math.min(bars - 1, Math.floor((bars * (value - chart.from)) / (chart.to - chart.from)))
      chart.counts[bar] = (chart.counts[bar] ?? 0) + 1
    }
  })

  const summaries = spans.map(({ min, max, sum, finite }, r) => ({
    mean: sum / finite,
    min: finite > 0 ? min : Number.NaN,
    max: finite > 0 ? max : Number.NaN,
    notFinite: records - finite,
    ...(charts[r] ?? { from: 0, to: 1, counts: [] }),
  }))
  return { scores, responses: summaries }
}
