import { log10 } from '../../core/number/elementary.ts'
import type { Margin } from './fields.ts'
import { apply, joined, numberValue, type Typed } from './typed.ts'

/** Least and largest value. */
export type Range = readonly [number, number]

/** The least range that holds both. */
export function joinedRange(a: Range | undefined, b: Range | undefined): Range | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])]
}

/** Whether a number is inside an interval. */
export function inside(x: Typed, { low, high, lowOpen, highOpen }: Margin): Typed {
  const tests = [
    ...(low === undefined ? [] : [apply(lowOpen ? 'greater' : 'greaterOrEqual', x, numberValue(low))]),
    ...(high === undefined ? [] : [apply(highOpen ? 'less' : 'lessOrEqual', x, numberValue(high))]),
  ]
  return tests.length === 0 ? apply('not', apply('missing', x)) : joined('and', tests)
}

/** The range of intervals and single values together; undefined where it has no end. */
export function hull(intervals: readonly Margin[], listed: readonly number[]): Range | undefined {
  const lows = [...intervals.map(({ low }) => low ?? Number.NEGATIVE_INFINITY), ...listed]
  const highs = [...intervals.map(({ high }) => high ?? Number.POSITIVE_INFINITY), ...listed]
  if (lows.length === 0) return undefined
  const ends = [Math.min(...lows), Math.max(...highs)] as const
  return ends.every(Number.isFinite) ? ends : undefined
}

export function isClosed(interval: Margin): boolean {
  return !interval.lowOpen && !interval.highOpen
}

/**
 * Records to be scored leave the training range somewhat: a range's width more on either side costs under two bits, ten
 * widths under five.
 */
export function widened([low, high]: Range, times = 1): Range | undefined {
  const own = high - low
  if (own === 0) return undefined
  const width = own * times
  // At a round number, so that the published ends do not need all digits of a double.
  const unit = Number(`1e${Math.floor(log10(own))}`)
  const ends = [Math.floor((low - width) / unit) * unit, Math.ceil((high + width) / unit) * unit] as const
  return ends.map((end) => Number(end.toPrecision(12))) as unknown as Range
}
