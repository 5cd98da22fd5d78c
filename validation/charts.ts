import type { Accuracy } from '../stats/accuracy.ts'
import type { Group } from '../stats/tenths.ts'
import { shareInterval } from '../stats/tenths.ts'
import type { Discrimination } from '../stats/validation.ts'
import type { validation } from '../words/en/validation.ts'
import type { Validation } from './compare.ts'

/** Charts as shapes with places: the page draws them as elements, a report writes them as text. */

export type Words = typeof validation

export type Shape =
  | { readonly kind: 'line'; readonly role: 'curve' | 'guide'; readonly points: string }
  | { readonly kind: 'dot'; readonly x: number; readonly y: number }
  /** An interval, upright. */
  | { readonly kind: 'whisker'; readonly x: number; readonly from: number; readonly to: number }
  | {
      readonly kind: 'bar'
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
    }
  /** A tick's number or an axis's name. */
  | {
      readonly kind: 'text'
      readonly anchor: 'start' | 'middle' | 'end'
      readonly x: number
      readonly y: number
      readonly text: string
    }

export interface Chart {
  readonly title: string
  /** What it shows, in words. */
  readonly about: string
  readonly shapes: readonly Shape[]
}

export const chartWidth = 360
export const chartHeight = 300
/** The frame within which values lie. */
export const frame = { left: 52, top: 24, right: 348, bottom: 252 }

type Range = readonly [number, number]

/** From values to places in the frame. */
function scale([fromX, toX]: Range, [fromY, toY]: Range) {
  const part = (value: number, from: number, to: number): number => (to === from ? 0.5 : (value - from) / (to - from))
  return {
    x: (value: number): number => rounded(frame.left + (frame.right - frame.left) * part(value, fromX, toX)),
    y: (value: number): number => rounded(frame.bottom - (frame.bottom - frame.top) * part(value, fromY, toY)),
  }
}

const rounded = (place: number): number => Math.round(place * 10) / 10

interface Axes {
  readonly x: Range
  readonly y: Range
  readonly names: { readonly x: string; readonly y: string }
  readonly digits: Words['digits']
  /** Numbers at the ends and in the middle of the horizontal axis; of places without numbers there are none. */
  readonly ticksOfX?: boolean
}

function axes({ x, y, names, digits, ticksOfX = true }: Axes): Shape[] {
  const at = scale(x, y)
  const ticks = ([from, to]: Range): number[] => [from, (from + to) / 2, to]
  return [
    ...(ticksOfX ? ticks(x) : []).map(
      (value, i): Shape => ({
        kind: 'text',
        anchor: (['start', 'middle', 'end'] as const)[i] ?? 'middle',
        x: at.x(value),
        y: frame.bottom + 18,
        text: digits(value),
      }),
    ),
    ...ticks(y).map(
      (value): Shape => ({
        kind: 'text',
        anchor: 'end',
        x: frame.left - 6,
        y: at.y(value) + 4,
        text: digits(value),
      }),
    ),
    { kind: 'text', anchor: 'middle', x: (frame.left + frame.right) / 2, y: frame.bottom + 38, text: names.x },
    { kind: 'text', anchor: 'start', x: frame.left, y: frame.top - 8, text: names.y },
  ]
}

/** The charts of a validation. */
export function chartsOf(
  { discrimination, accuracy }: Pick<Validation, 'discrimination' | 'accuracy'>,
  words: Words,
): Chart[] {
  if (discrimination)
    return [rocChart(discrimination, words), rateChart(discrimination, words), liftChart(discrimination, words)]
  return accuracy ? [amountChart(accuracy, words), residualChart(accuracy, words)] : []
}

function rocChart({ roc }: Discrimination, { charts: { roc: words }, digits }: Words): Chart {
  const unit: Range = [0, 1]
  const at = scale(unit, unit)
  const points = roc.map(([x, y]) => `${at.x(x)},${at.y(y)}`).join(' ')
  const told = [0.05, 0.1, 0.2, 0.5].map((x) => [x, heightAt(roc, x)] as const)
  return {
    title: words.title,
    about: words.about(told),
    shapes: [
      ...axes({ x: unit, y: unit, names: words, digits }),
      { kind: 'line', role: 'guide', points: `${at.x(0)},${at.y(0)} ${at.x(1)},${at.y(1)}` },
      { kind: 'line', role: 'curve', points },
    ],
  }
}

/** The curve's height above a place, between its corners. */
function heightAt(roc: Discrimination['roc'], x: number): number {
  const right = roc.findIndex(([place]) => place >= x)
  const [toX, toY] = roc[right] ?? [1, 1]
  const [fromX, fromY] = roc[right - 1] ?? [0, 0]
  return toX === fromX ? toY : fromY + ((x - fromX) / (toX - fromX)) * (toY - fromY)
}

/** Of tenths whose outcomes are shares: with their intervals, and the line on which scores that are probabilities should lie. */
function rateChart({ lift }: Discrimination, words: Words): Chart {
  const intervals = lift.map(({ rate, records }) => shareInterval(rate, records))
  const whole = lift.every(({ meanScore }) => meanScore >= 0 && meanScore <= 1)
  return calibrationChart(
    lift,
    words,
    whole ? [0, 1] : spanOf(lift.map(({ meanScore }) => meanScore)),
    [0, 1],
    intervals,
    whole,
  )
}

function amountChart({ tenths }: Accuracy, words: Words): Chart {
  const span = spanOf(tenths.flatMap(({ meanScore, rate }) => [meanScore, rate]))
  return calibrationChart(tenths, words, span, span, [], true)
}

function calibrationChart(
  groups: readonly Group[],
  { charts: { calibration: words }, digits }: Words,
  x: Range,
  y: Range,
  intervals: readonly Range[],
  sameUnit: boolean,
): Chart {
  const at = scale(x, y)
  return {
    title: words.title,
    about: words.about(groups.map(({ meanScore, rate }) => [meanScore, rate])),
    shapes: [
      ...axes({ x, y, names: words, digits }),
      ...(sameUnit
        ? [{ kind: 'line', role: 'guide', points: `${at.x(x[0])},${at.y(x[0])} ${at.x(x[1])},${at.y(x[1])}` } as const]
        : []),
      ...groups.flatMap(({ meanScore, rate }, i): Shape[] => {
        const interval = intervals[i]
        const whisker: Shape[] = interval
          ? [{ kind: 'whisker', x: at.x(meanScore), from: at.y(interval[0]), to: at.y(interval[1]) }]
          : []
        return [...whisker, { kind: 'dot', x: at.x(meanScore), y: at.y(rate) }]
      }),
    ],
  }
}

const spanOf = (values: readonly number[]): Range => [Math.min(...values), Math.max(...values)]

function liftChart({ lift, records, events }: Discrimination, { charts: { lift: words }, digits }: Words): Chart {
  const lifts = lift.map(({ rate }) => (rate * records) / events)
  // An even number, so that the middle of the axis is a whole one.
  const y: Range = [0, 2 * Math.ceil(Math.max(1, ...lifts) / 2)]
  const x: Range = [0, lifts.length]
  const at = scale(x, y)
  return {
    title: words.title,
    about: words.about(lifts),
    shapes: [
      ...axes({ x, y, names: words, digits, ticksOfX: false }),
      ...bars(lifts, x, y),
      { kind: 'line', role: 'guide', points: `${at.x(0)},${at.y(1)} ${at.x(x[1])},${at.y(1)}` },
    ],
  }
}

function residualChart(
  { spread: { from, to, counts } }: Accuracy,
  { charts: { residuals: words }, digits }: Words,
): Chart {
  const y: Range = [0, Math.max(1, ...counts)]
  return {
    title: words.title,
    about: words.about(from, to, counts),
    shapes: [...axes({ x: [from, to], y, names: words, digits }), ...bars(counts, [0, counts.length], y)],
  }
}

function bars(heights: readonly number[], x: Range, y: Range): Shape[] {
  const at = scale(x, y)
  return heights.map(
    (height, i): Shape => ({
      kind: 'bar',
      x: rounded(at.x(i) + 1),
      y: at.y(height),
      width: rounded(at.x(i + 1) - at.x(i) - 2),
      height: rounded(frame.bottom - at.y(height)),
    }),
  )
}
