import { fail } from './faults.ts'
import { Sum } from './sums.ts'
import { normalQuantile } from './tails.ts'
import { blocksOf, eventsOf, type Group, tenthsOf } from './tenths.ts'

/** How well scores tell events that came afterwards. */

export interface Discrimination {
  readonly records: number
  readonly events: number
  /** The probability that an event has a higher score than another record, ties by half. */
  readonly auc: number
  /** Its standard error (DeLong 1988), and its interval of 95 %: none where fewer than two events, or others, tell how they spread. */
  readonly error: number | null
  readonly interval: readonly [number, number] | null
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

/**
 * Outcomes are 0 and 1, or shares of so many trials, which then count as that many records. Throws `study/fit` where only events, or
 * only others, are there.
 */
export function discriminationOf(scores: Float64Array, outcomes: Float64Array, trials?: Float64Array): Discrimination {
  const blocks = blocksOf(scores, outcomes, trials)
  const records = blocks.reduce((sum, block) => sum + block.records, 0)
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
  const spread = spreadOf(placed, auc, { events, others })
  const error = spread === null ? null : Math.sqrt(spread)
  return {
    records,
    events,
    auc,
    error,
    interval:
      error === null ? null : [Math.max(0, auc - normalQuantile * error), Math.min(1, auc + normalQuantile * error)],
    roc: [[0, 0], ...placed.map(({ corner }) => corner)],
    lift: tenthsOf(blocks, records),
  }
}

/** Records with one score: how many are events and others, and which share of all others is below, of all events above. */
interface Placed {
  readonly events: number
  readonly own: number
  readonly below: number
  readonly above: number
}

/** The AUC's variance: of the means of these shares. */
function spreadOf(
  placed: readonly Placed[],
  auc: number,
  { events, others }: { readonly events: number; readonly others: number },
): number | null {
  if (events < 2 || others < 2) return null
  const [ofEvents, ofOthers] = [new Sum(), new Sum()]
  for (const at of placed) {
    ofEvents.add(at.events * (at.below - auc) ** 2)
    ofOthers.add(at.own * (at.above - auc) ** 2)
  }
  return ofEvents.value[0] / (events - 1) / events + ofOthers.value[0] / (others - 1) / others
}

export function confusionAt(
  threshold: number,
  scores: Float64Array,
  outcomes: Float64Array,
  trials?: Float64Array,
): Confusion {
  const counts = [0, 0, 0, 0]
  for (const [i, score] of scores.entries()) {
    const [count, place] = [trials ? (trials[i] as number) : 1, score >= threshold ? 2 : 0]
    const events = eventsOf(outcomes[i] as number, count)
    counts[place] = (counts[place] as number) + count - events
    counts[place + 1] = (counts[place + 1] as number) + events
  }
  const [trueNegatives = 0, falseNegatives = 0, falsePositives = 0, truePositives = 0] = counts
  return { threshold, truePositives, falsePositives, trueNegatives, falseNegatives }
}

/** The mean square of what probabilities are away from outcomes (Brier 1950). */
export function brierScore(scores: Float64Array, outcomes: Float64Array, trials?: Float64Array): number {
  const [sum, all] = [new Sum(), new Sum()]
  for (const [i, score] of scores.entries()) {
    const [count, share] = [trials ? (trials[i] as number) : 1, outcomes[i] as number]
    sum.add(count * (share * (1 - score) ** 2 + (1 - share) * score ** 2))
    all.add(count)
  }
  return sum.value[0] / all.value[0]
}
