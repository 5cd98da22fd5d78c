import type { Card } from '../../core/card.ts'
import { responses } from '../../core/score.ts'

/** What a person wants to see of a run's scores at once, for one head. */
export interface HeadSummary {
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
  /** scorable × heads scores, as the predictors are laid out. */
  readonly scores: Float64Array
  readonly heads: readonly HeadSummary[]
}

const bars = 40
const rowsAtOnce = 10_000

/**
 * The scores of `predictors` and their distribution. Gives the main thread back between pieces of some milliseconds.
 * Rejects with the signal's reason once it aborts.
 */
export async function summarise(card: Card, predictors: Float64Array, signal: AbortSignal): Promise<ScoreSummary> {
  const heads = card.heads.length
  const rows = predictors.length / heads
  const scores = new Float64Array(predictors.length)
  const inPieces = async (work: (from: number, to: number) => void): Promise<void> => {
    for (let from = 0; from < rows; from += rowsAtOnce) {
      work(from, Math.min(from + rowsAtOnce, rows))
      await new Promise((resolve) => setTimeout(resolve))
      signal.throwIfAborted()
    }
  }

  const spans = card.heads.map(() => ({ min: Infinity, max: -Infinity, sum: 0, finite: 0 }))
  await inPieces((from, to) => {
    for (let row = from; row < to; row++) {
      const at = row * heads
      scores.set(responses(card, Array.from(predictors.subarray(at, at + heads))), at)
      for (const [h, span] of spans.entries()) {
        const value = scores[at + h] as number
        if (!Number.isFinite(value)) continue
        span.min = Math.min(span.min, value)
        span.max = Math.max(span.max, value)
        span.sum += value
        span.finite += 1
      }
    }
  })

  const probability = ['logit', 'probit', 'cloglog', 'cauchit', 'softmax'].includes(card.link)
  const scales = spans.map(({ min, max, finite }) => {
    if (probability) return { from: 0, to: 1 }
    if (finite === 0) return { from: 0, to: 1 }
    return min === max ? { from: min - 0.5, to: max + 0.5 } : { from: min, to: max }
  })
  const counts = spans.map(() => new Array<number>(bars).fill(0))
  await inPieces((from, to) => {
    for (let at = from * heads; at < to * heads; at++) {
      const value = scores[at] as number
      const h = at % heads
      const scale = scales[h]
      const count = counts[h]
      if (!Number.isFinite(value) || !scale || !count) continue
      const bar = Math.min(bars - 1, Math.floor((bars * (value - scale.from)) / (scale.to - scale.from)))
      count[bar] = (count[bar] ?? 0) + 1
    }
  })

  return {
    scores,
    heads: spans.map(({ min, max, sum, finite }, h) => ({
      mean: sum / finite,
      min: finite > 0 ? min : Number.NaN,
      max: finite > 0 ? max : Number.NaN,
      notFinite: rows - finite,
      counts: counts[h] ?? [],
      ...(scales[h] ?? { from: 0, to: 1 }),
    })),
  }
}
