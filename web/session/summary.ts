import type { Card } from '../../core/card/card.ts'
import { givesProbabilities } from '../../core/card/link.ts'
import { responses } from '../../core/card/outcome.ts'
import { messagesFirst } from '../../platform/turns.ts'

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
  /** The same in `steps` narrower bars, for a threshold that is moved. */
  readonly fine: Uint32Array
}

export interface ScoreSummary {
  /** records × responses scores, in the order of the predictors. */
  readonly scores: Float64Array
  readonly responses: readonly ResponseSummary[]
}

const bars = 40
/** Places that a threshold can have: a whole number of them to a bar. */
export const steps = 1000
const recordsAtOnce = 200
/** Milliseconds after which the main thread is given back, between two pieces. */
const turn = 10

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
    let started = performance.now()
    for (let from = 0; from < records; from += recordsAtOnce) {
      work(from, Math.min(from + recordsAtOnce, records))
      if (performance.now() - started < turn) continue
      await messagesFirst()
      signal.throwIfAborted()
      started = performance.now()
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
  const probabilities = givesProbabilities(card.link) ? width - (card.outputs?.length ?? 0) : 0
  const charts = spans.map(({ min, max, finite }, r) => {
    const whole = r < probabilities
    const fine = new Uint32Array(steps)
    if (whole || finite === 0) return { from: 0, to: 1, fine }
    return min === max ? { from: min - 0.5, to: max + 0.5, fine } : { from: min, to: max, fine }
  })
  await inPieces((from, to) => {
    for (let at = from * width; at < to * width; at++) {
      const value = scores[at] as number
      const chart = charts[at % width]
      if (!chart || !Number.isFinite(value)) continue
      const step = Math.min(steps - 1, Math.floor((steps * (value - chart.from)) / (chart.to - chart.from)))
      chart.fine[step] = (chart.fine[step] as number) + 1
    }
  })

  const summaries = charts.map((chart, r) => {
    const { min, max, sum, finite } = spans[r] as (typeof spans)[number]
    const none = finite === 0
    return {
      mean: sum / finite,
      min: none ? Number.NaN : min,
      max: none ? Number.NaN : max,
      notFinite: records - finite,
      ...chart,
      counts: Array.from({ length: bars }, (_, bar) =>
        total(chart.fine.subarray((bar * steps) / bars, ((bar + 1) * steps) / bars)),
      ),
    }
  })
  return { scores, responses: summaries }
}

function total(counts: Uint32Array): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** The threshold at a step, and the records whose score is at or above it. */
export function atThreshold(summary: ResponseSummary, step: number): { threshold: number; above: number } {
  const { from, to, fine } = summary
  return { threshold: from + ((to - from) * step) / steps, above: total(fine.subarray(step)) }
}
