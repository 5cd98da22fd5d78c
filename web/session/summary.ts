import type { Card } from '../../core/card/card.ts'
import { digitsOf } from '../../core/card/digits.ts'
import { givesProbabilities } from '../../core/card/link.ts'
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
}

/** The threshold that is shown while none was set: the middle of the histogram. */
export function middleOf({ from, to }: ResponseSummary): number {
  return from + (to - from) / 2
}

export interface ScoreSummary {
  /** records × responses scores, in the order of the predictors, with the digits that are saved of them. */
  readonly scores: Float64Array
  readonly responses: readonly ResponseSummary[]
}

const bars = 40
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
  const rounded = digitsOf(card)
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
      scores.set(rounded(predictorsOfRecord).responses, record * width)
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
    const counts = Array<number>(bars).fill(0)
    if (whole || finite === 0) return { from: 0, to: 1, counts }
    return min === max ? { from: min - 0.5, to: max + 0.5, counts } : { from: min, to: max, counts }
  })
  await inPieces((from, to) => {
    for (let at = from * width; at < to * width; at++) {
      const value = scores[at] as number
      const chart = charts[at % width]
      if (!chart || !Number.isFinite(value)) continue
      const bar = barOf(chart, value)
      chart.counts[bar] = (chart.counts[bar] as number) + 1
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
    }
  })
  return { scores, responses: summaries }
}

type Chart = Pick<ResponseSummary, 'from' | 'to'>

/** The bar of a score that lies between the chart's ends. */
export function barOf({ from, to }: Chart, score: number): number {
  return Math.min(bars - 1, Math.floor((bars * (score - from)) / (to - from)))
}

/** Which records are shown: all, those on one side of a threshold, or those of one bar. */
export type Shown =
  | { readonly rows: 'all' }
  | { readonly rows: 'below' | 'atOrAbove'; readonly value: number }
  | { readonly rows: 'bar'; readonly chart: Chart; readonly bar: number }

/** Whether a score is among those that are shown. One that is no number is on no side. */
export function isShown(shown: Shown, score: number): boolean {
  switch (shown.rows) {
    case 'all':
      return true
    case 'below':
      return score < shown.value
    case 'atOrAbove':
      return score >= shown.value
    case 'bar':
      return Number.isFinite(score) && barOf(shown.chart, score) === shown.bar
  }
}

/** How many records lie on either side of a threshold, by one of `width` responses. */
export function sidesOf(
  scores: Float64Array,
  width: number,
  response: number,
  value: number,
): { readonly below: number; readonly atOrAbove: number } {
  let [below, atOrAbove] = [0, 0]
  for (let at = response; at < scores.length; at += width) {
    const score = scores[at] as number
    if (score >= value) atOrAbove += 1
    else if (score < value) below += 1
  }
  return { below, atOrAbove }
}
