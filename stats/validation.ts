import { fail } from './faults.ts'
import { meanOf, Sum } from './sums.ts'
import { normalQuantile } from './tails.ts'
import { blocksOf, type Group, tenthsOf } from './tenths.ts'

/** How well scores tell events that came afterwards. */

export interface Discrimination {
  readonly records: number
  readonly events: number
  /** The probability that an event has a higher score than another record, ties by half; its standard error (DeLong 1988), its interval of 95 %. */
  readonly auc: number
  readonly error: number
  readonly interval: readonly [number, number]
  /** Corners of the curve: false and true positive rates from (0, 0) to (1, 1), by descending score. */
  readonly roc: readonly (readonly [number, number])[]
  /** Tenths of the records by descending score. */
  readonly lift: readonly Group[]
}

export interface Confusion {
  readonly threshold: number
  readonly truePositives: number
  readonly falsePositives: number
  readonly trueNegatives: number
  readonly falseNegatives: number
}

/** Outcomes are 0 and 1. Throws `study/fit` where only one of them is there. */
export function discriminationOf(scores: Float64Array, outcomes: Float64Array): Discrimination {
  const blocks = blocksOf(scores, outcomes)
  const records = scores.length
  const events = blocks.reduce((sum, block) => sum + block.events, 0)
  const others = records - events
  if (events === 0 || others === 0) fail('study/fit', 'oneOutcome')
  // Of each block: the share of other records below it, and that of events above it, ties by half.
  let eventsAbove = 0
  let othersAbove = 0
  const area = new Sum()
  const placed = blocks.map((block) => {
    const own = block.records - block.events
    const below = (others - othersAbove - own / 2) / others
    const above = (eventsAbove + block.events / 2) / events
    area.add((block.events * below) / events)
    eventsAbove += block.events
    othersAbove += own
    return { events: block.events, own, below, above, corner: [othersAbove / others, eventsAbove / events] as const }
  })
  const auc = area.value[0]
  const spreadOf = (
    count: number,
    weight: (at: (typeof placed)[number]) => number,
    value: (at: (typeof placed)[number]) => number,
  ) => {
    const sum = new Sum()
    for (const at of placed) sum.add(weight(at) * (value(at) - auc) ** 2)
    return count > 1 ? sum.value[0] / (count - 1) / count : 0
  }
  const error = Math.sqrt(
    spreadOf(
      events,
      (at) => at.events,
      (at) => at.below,
    ) +
      spreadOf(
        others,
        (at) => at.own,
        (at) => at.above,
      ),
  )
  return {
    records,
    events,
    auc,
    error,
    interval: [Math.max(0, auc - normalQuantile * error), Math.min(1, auc + normalQuantile * error)],
    roc: [[0, 0], ...placed.map(({ corner }) => corner)],
    lift: tenthsOf(blocks, records),
  }
}

export function confusionAt(threshold: number, scores: Float64Array, outcomes: Float64Array): Confusion {
  const counts = [0, 0, 0, 0]
  for (const [i, score] of scores.entries()) {
    const place = (score >= threshold ? 2 : 0) + (outcomes[i] as number)
    counts[place] = (counts[place] as number) + 1
  }
  const [trueNegatives = 0, falseNegatives = 0, falsePositives = 0, truePositives = 0] = counts
  return { threshold, truePositives, falsePositives, trueNegatives, falseNegatives }
}

/** The mean square of what probabilities are away from outcomes (Brier 1950). */
export function brierScore(scores: Float64Array, outcomes: Float64Array): number {
  return meanOf(scores.map((score, i) => (score - (outcomes[i] as number)) ** 2))
}
