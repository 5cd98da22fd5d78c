import { fail } from './faults.ts'
import { Sum } from './sums.ts'

/**
 * How well scores tell outcomes that came afterwards. Records with the same score are one block: nothing depends on the order
 * in which a file has them.
 */

/** 1.96, to the last bit: what is between the quantiles of 2.5 % and 97.5 % of a standard normal. */
const ofInterval = 1.959963984540054
const groupsOfTen = 10

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

export interface Group {
  readonly records: number
  readonly meanScore: number
  /** The share of events. */
  readonly rate: number
}

export interface Confusion {
  readonly threshold: number
  readonly truePositives: number
  readonly falsePositives: number
  readonly trueNegatives: number
  readonly falseNegatives: number
}

/** Records that have the same score. */
interface Block {
  readonly score: number
  readonly records: number
  readonly events: number
}

/** By descending score. */
function blocksOf(scores: Float64Array, outcomes: Float64Array): Block[] {
  const events = new Map<number, { records: number; events: number }>()
  for (const [i, score] of scores.entries()) {
    // -0 is 0, and a map says so.
    const block = events.get(score) ?? { records: 0, events: 0 }
    block.records += 1
    block.events += outcomes[i] as number
    events.set(score, block)
  }
  return [...events].map(([score, block]) => ({ score, ...block })).sort((a, b) => b.score - a.score)
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
    interval: [Math.max(0, auc - ofInterval * error), Math.min(1, auc + ofInterval * error)],
    roc: [[0, 0], ...placed.map(({ corner }) => corner)],
    lift: tenthsOf(blocks, records),
  }
}

/** Tenths of the records in the blocks' order; a block that lies in two of them gives its events to both by its shares. */
function tenthsOf(blocks: readonly Block[], records: number): Group[] {
  const groups = Array.from({ length: groupsOfTen }, () => ({ records: 0, score: 0, events: 0 }))
  const startOf = (g: number): number => Math.floor((g * records) / groupsOfTen)
  let at = 0
  for (const block of blocks) {
    const end = at + block.records
    for (const [g, group] of groups.entries()) {
      const shared = Math.min(end, startOf(g + 1)) - Math.max(at, startOf(g))
      if (shared <= 0) continue
      group.records += shared
      group.score += shared * block.score
      group.events += (shared * block.events) / block.records
    }
    at = end
  }
  return groups
    .filter((group) => group.records > 0)
    .map((group) => ({
      records: group.records,
      meanScore: group.score / group.records,
      rate: group.events / group.records,
    }))
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
}

/** Outcomes are amounts. Throws `study/fit` where all are the same. */
export function accuracyOf(scores: Float64Array, outcomes: Float64Array): Accuracy {
  const residuals = outcomes.map((outcome, i) => outcome - (scores[i] as number))
  const [meanScore, meanOutcome] = [meanOf(scores), meanOf(outcomes)]
  const scoreAway = scores.map((score) => score - meanScore)
  const away = outcomes.map((outcome) => outcome - meanOutcome)
  const left = meanOf(residuals.map((x) => x * x))
  const variance = meanOf(away.map((x) => x * x))
  if (variance === 0) fail('study/fit', 'oneOutcome')
  const together = meanOf(away.map((x, i) => x * (scoreAway[i] as number)))
  const scoreVariance = meanOf(scoreAway.map((x) => x * x))
  return {
    records: scores.length,
    r2: 1 - left / variance,
    squaredCorrelation: scoreVariance === 0 ? 0 : together ** 2 / (variance * scoreVariance),
    rootMeanSquare: Math.sqrt(left),
    meanAbsolute: meanOf(residuals.map(Math.abs)),
    bias: meanOf(residuals),
    quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map((p) => quantile(Float64Array.from(residuals).sort(), p)),
  }
}

function meanOf(values: Float64Array): number {
  const sum = new Sum()
  for (const value of values) sum.add(value)
  return sum.value[0] / values.length
}

function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1)
  const below = sorted[Math.floor(at)] as number
  return below + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] as number) - below)
}
