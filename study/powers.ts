import type { Expression } from '../core/card/expression.ts'
import type { ModelColumn } from '../model/modelFile.ts'
import { nameInR } from './nameInR.ts'

/** Columns that are made of others: powers of numbers, indicators of levels, and products of these. */

export type Derived = Extract<ModelColumn, { type: 'number'; expression: Expression }>
export type NumberColumn = Exclude<ModelColumn, { type: 'category' }>

/** A column, or what is made of one, as a factor of products. */
export interface Part {
  readonly name: string
  readonly expression: Expression
  /** What it lies between. */
  readonly ends: readonly [number, number]
  /** Decimal places that its values have. */
  readonly places: number
}

/** Fewer steps than the 2^50 that a derived column may have, so that the roundings of a product stay below one. */
const mostSteps = 2 ** 49
const ten = (power: number): number => Number(`1e${power}`)

/** Decimal places of a column's step. */
export const placesOf = (column: NumberColumn): number =>
  -Number((column.type === 'integer' ? 1 : (column.step ?? 1)).toExponential().split('e')[1])

const rangeOf = ({ range }: NumberColumn): readonly [number, number] => [range?.[0] ?? 0, range?.[1] ?? 1]

/** A number to the power of `exponent`, less the middle of its range before where that is asked for. */
export function powerOf(column: NumberColumn, exponent: number, centred: boolean): Part {
  const { name } = column
  const places = placesOf(column)
  const [min, max] = rangeOf(column)
  if (exponent === 1) return { name, expression: { column: name }, ends: [min, max], places }
  const middle = centred ? Number(((min + max) / 2).toFixed(Math.max(0, places))) : 0
  const base: Expression = middle === 0 ? { column: name } : { op: 'subtract', args: [{ column: name }, middle] }
  const ends = [min - middle, max - middle].map((end) => end ** exponent)
  const zero = exponent % 2 === 0 && min < middle && max > middle ? [0] : []
  return {
    name: `I(${middle === 0 ? nameInR(name) : `(${nameInR(name)} - ${middle})`}^${exponent})`,
    expression: { op: 'multiply', args: Array.from({ length: exponent }, () => base) },
    ends: [Math.min(...ends, ...zero), Math.max(...ends, ...zero)],
    places: places * exponent,
  }
}

/** Whether a category has each of its levels but the first. */
export function levelsOf({ name, levels }: Extract<ModelColumn, { type: 'category' }>): Part[] {
  return levels.slice(1).map((level) => ({
    name: `${name}${level}`,
    expression: { op: 'equal', args: [{ column: name }, { constant: level }] },
    ends: [0, 1],
    places: 0,
  }))
}

export function productOf(parts: readonly Part[]): Part {
  const [first, ...rest] = parts as readonly [Part, ...Part[]]
  return rest.reduce((left, right) => {
    const ends = left.ends.flatMap((x) => right.ends.map((y) => x * y))
    return {
      name: `${left.name}:${right.name}`,
      expression: { op: 'multiply', args: [left.expression, right.expression] },
      ends: [Math.min(...ends), Math.max(...ends)],
      places: left.places + right.places,
    }
  }, first)
}

/**
 * A part as a derived column: exactly, or where that takes more steps than a column may have, rounded to the finest that it may.
 * Its range is a step wider: what is computed in doubles may be beyond by their last bit.
 */
export function derivedOf({ name, expression, ends, places }: Part): Derived {
  const size = Math.max(...ends.map(Math.abs), ends[1] - ends[0])
  let kept = places
  while (size * ten(kept) >= mostSteps) kept -= 1
  const step = ten(-kept)
  const outward = (end: number, to: -1 | 1): number => {
    const steps = Math.round(kept < 0 ? end / ten(-kept) : end * ten(kept)) + to
    return Number(`${steps}e${-kept}`)
  }
  return {
    name,
    type: 'number',
    range: [outward(ends[0], -1), outward(ends[1], 1)],
    step,
    expression: kept === places ? expression : roundedTo(expression, kept),
  }
}

function roundedTo(expression: Expression, places: number): Expression {
  const unit = ten(Math.abs(places))
  const [to, back] = places < 0 ? (['divide', 'multiply'] as const) : (['multiply', 'divide'] as const)
  const steps: Expression =
    to === 'divide' ? { op: to, args: [expression, unit] } : { op: to, args: [expression, unit] }
  const whole: Expression = { op: 'round', args: [steps] }
  return back === 'divide' ? { op: back, args: [whole, unit] } : { op: back, args: [whole, unit] }
}
