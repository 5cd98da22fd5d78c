import { log10 } from '../../core/number/elementary.ts'
import type { Margin } from './fields.ts'
import { apply, joined, numberValue, type Typed } from './typed.ts'

/** Least and largest value. */
export type Range = readonly [number, number]

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

/** Records to be scored leave the training range somewhat: a range's width more on either side costs under two bits. */
export function widened([low, high]: Range): Range | undefined {
  const width = high - low
  if (width === 0) return undefined
  // At a round number, so that the published ends do not need all digits of a double.
  const unit = Number(`1e${Math.floor(log10(width))}`)
  const ends = [Math.floor((low - width) / unit) * unit, Math.ceil((high + width) / unit) * unit] as const
  return ends.map((end) => Number(end.toPrecision(12))) as unknown as Range
}
