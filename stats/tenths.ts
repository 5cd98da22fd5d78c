import { normalQuantile } from './tails.ts'

/** Records by descending score, in blocks of the same one and in tenths: nothing depends on the order in which a file has them. */

const groupsOfTen = 10

/** A tenth of the records. */
export interface Group {
  readonly records: number
  readonly meanScore: number
  /** The outcomes' mean: of events, their share. */
  readonly rate: number
}

/** Records that have the same score, and their outcomes' sum. */
export interface Block {
  readonly score: number
  readonly records: number
  readonly events: number
}

/** How many events a share of trials is: a whole number of whole ones, whatever rounding left of the share. */
export function eventsOf(share: number, trials: number): number {
  const events = share * trials
  const whole = Math.round(events)
  return Math.abs(events - whole) < 1e-9 * trials ? whole : events
}

/** By descending score. Where there are trials, each outcome is a share of so many: each trial is a record, and of none there is nothing. */
export function blocksOf(scores: Float64Array, outcomes: Float64Array, trials?: Float64Array): Block[] {
  const events = new Map<number, { records: number; events: number }>()
  for (const [i, score] of scores.entries()) {
    const count = trials ? (trials[i] as number) : 1
    if (count === 0) continue
    // -0 is 0, and a map says so.
    const block = events.get(score) ?? { records: 0, events: 0 }
    block.records += count
    block.events += eventsOf(outcomes[i] as number, count)
    events.set(score, block)
  }
  return [...events].map(([score, block]) => ({ score, ...block })).sort((a, b) => b.score - a.score)
}

/** Tenths of the records in the blocks' order; a block that lies in two of them gives its outcomes to both by its shares. */
export function tenthsOf(blocks: readonly Block[], records: number): Group[] {
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

/** The interval of 95 % of a share of so many records (Wilson 1927). */
export function shareInterval(share: number, records: number): readonly [number, number] {
  const square = normalQuantile ** 2
  const middle = share + square / (2 * records)
  const half = normalQuantile * Math.sqrt((share * (1 - share)) / records + square / (4 * records * records))
  const whole = 1 + square / records
  return [Math.max(0, (middle - half) / whole), Math.min(1, (middle + half) / whole)]
}
