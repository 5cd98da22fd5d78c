import { type CoreFaults, fail } from '../faults.ts'
import { parseDecimal } from '../number/decimal.ts'
import { atan, cos, exp, expm1, ln, ln1p, log2, log10, power, sin, tan, tanh } from '../number/elementary.ts'
import { daysOf, secondsOf } from './dates.ts'
import { type Expression, longestText } from './expression.ts'
import { isPatterned, type Patterned, substring, textOperation } from './texts.ts'

/** A column's value in a record: a finite number, a text, or missing. */
export type Value = number | string | null

/** An expression made ready: from a record's columns, in the order of the names it was compiled with, to its value. */
export type Evaluate = (record: readonly Value[]) => Value

/**
 * Compiles an expression over the named columns. Throws `model/invalid` for a column that is not among them and for
 * shapes that contradict themselves (edges that do not ascend, labels that are too few).
 */
export function compileExpression(expression: Expression, columns: ReadonlyMap<string, number>): Evaluate {
  const compile = (part: Expression): Evaluate => compileExpression(part, columns)
  if (typeof expression === 'number') return () => expression
  if ('constant' in expression) return () => expression.constant
  if ('column' in expression) {
    const at = columns.get(expression.column)
    if (at === undefined) fail('model/invalid', 'expressionColumn', { column: expression.column })
    return (record) => record[at as number] ?? null
  }
  const args = expression.args.map(compile)
  switch (expression.op) {
    case 'bin':
      return bin(args[0] as Evaluate, expression)
    case 'lookup':
      return lookup(args, expression)
    case 'piecewise':
      return piecewise(args[0] as Evaluate, expression)
    case 'if':
      return (record) => (args[0]?.(record) === 1 ? args[1] : args[2])?.(record) ?? null
    case 'missing':
      return (record) => (args[0]?.(record) === null ? 1 : 0)
    case 'coalesce':
      return (record) => {
        for (const arg of args) {
          const value = arg(record)
          if (value !== null) return value
        }
        return null
      }
    default: {
      const apply = operationOf(expression)
      const values: Value[] = new Array(args.length)
      return (record) => {
        for (let i = 0; i < args.length; i++) {
          const value = (args[i] as Evaluate)(record)
          if (value === null) return null
          values[i] = value
        }
        const result = apply(values as (number | string)[])
        return known(result)
      }
    }
  }
}

/** What an operation makes of arguments that are all there. */
function operationOf(expression: Extract<Expression, { op: string }>): Apply {
  if (!isPatterned(expression)) return operations[expression.op as Operation]
  return textOperation(expression) ?? fail('model/invalid', 'patternUnread', { op: expression.op })
}

type Apply = (args: (number | string)[]) => Value

/** What no column can hold counts as missing. */
function known(value: Value): Value {
  if (value === null) return null
  if (typeof value === 'string') return value.length > longestText ? null : value
  return Number.isFinite(value) ? value : null
}

/** To the nearest integer, halves away from zero. Adding a half first would round 0.49999999999999994 up. */
export function roundHalfAway(x: number): number {
  const size = Math.abs(x)
  const whole = Math.floor(size)
  return Math.sign(x) * (size - whole >= 0.5 ? whole + 1 : whole)
}

/** The remainder with the sign of the divisor, exact but for one rounding. */
function modulo(x: number, y: number): number {
  const remainder = x % y
  return remainder !== 0 && remainder < 0 !== y < 0 ? remainder + y : remainder
}

type Operation = Exclude<
  Extract<Expression, { op: string }>['op'],
  'bin' | 'lookup' | 'piecewise' | 'if' | 'missing' | 'coalesce' | Patterned['op']
>

/** A text in arithmetic is no number, and what comes of it is missing. */
const number = (value: number | string | undefined): number => (typeof value === 'number' ? value : Number.NaN)
const unary = (f: (x: number) => number) => (args: (number | string)[]) => f(number(args[0]))
const binary = (f: (x: number, y: number) => number) => (args: (number | string)[]) =>
  f(number(args[0]), number(args[1]))
const fold = (f: (x: number, y: number) => number) => (args: (number | string)[]) =>
  args.map(number).reduce((x, y) => f(x, y))
const truth = (holds: boolean): number => (holds ? 1 : 0)
const compare = (f: (x: number | string, y: number | string) => boolean) => (args: (number | string)[]) => {
  const [x, y] = args as [number | string, number | string]
  return typeof x === typeof y ? truth(f(x, y)) : Number.NaN
}
const text = (f: (x: string) => string) => (args: (number | string)[]) => f(String(args[0]))

const operations: Record<Operation, Apply> = {
  negate: unary((x) => -x),
  abs: unary(Math.abs),
  exp: unary(exp),
  expm1: unary(expm1),
  ln: unary(ln),
  ln1p: unary(ln1p),
  log10: unary(log10),
  log2: unary(log2),
  sqrt: unary(Math.sqrt),
  square: unary((x) => x * x),
  floor: unary(Math.floor),
  ceil: unary(Math.ceil),
  round: unary(roundHalfAway),
  sign: unary(Math.sign),
  sin: unary(sin),
  cos: unary(cos),
  tan: unary(tan),
  atan: unary(atan),
  tanh: unary(tanh),
  float32: unary(Math.fround),
  not: unary((x) => truth(x !== 1)),
  uppercase: text((x) => x.toUpperCase()),
  lowercase: text((x) => x.toLowerCase()),
  trim: text((x) => x.trim()),
  number: ([x]) => (typeof x === 'number' ? x : parseDecimal(x ?? '') === null ? Number.NaN : Number(x)),
  text: ([x]) => String(x),
  length: ([x]) => Array.from(String(x)).length,
  days: ([x]) => daysOf(String(x)),
  seconds: ([x]) => secondsOf(String(x)),
  substring: ([x, start, length]) => substring(String(x), number(start), number(length)),
  add: fold((x, y) => x + y),
  multiply: fold((x, y) => x * y),
  min: fold(Math.min),
  max: fold(Math.max),
  and: (args) => truth(args.every((x) => x === 1)),
  or: (args) => truth(args.some((x) => x === 1)),
  concat: (args) => args.join(''),
  subtract: binary((x, y) => x - y),
  divide: binary((x, y) => x / y),
  power: binary(power),
  modulo: binary(modulo),
  equal: compare((x, y) => x === y),
  notEqual: compare((x, y) => x !== y),
  less: compare((x, y) => x < y),
  lessOrEqual: compare((x, y) => x <= y),
  greater: compare((x, y) => x > y),
  greaterOrEqual: compare((x, y) => x >= y),
}

function bin(arg: Evaluate, { edges, closed, labels }: Extract<Expression, { op: 'bin' }>): Evaluate {
  ascending(edges, 'edges')
  if (labels.length !== edges.length + 1) fail('model/invalid', 'binLabels')
  return (record) => {
    const x = arg(record)
    if (typeof x !== 'number') return null
    // The number of edges below x (and at x, when an edge belongs to the interval above it).
    let low = 0
    let high = edges.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const edge = edges[middle] as number
      if (edge < x || (edge === x && closed === 'left')) low = middle + 1
      else high = middle
    }
    return labels[low] as string
  }
}

function lookup(args: readonly Evaluate[], { rows, otherwise }: Extract<Expression, { op: 'lookup' }>): Evaluate {
  const table = new Map<string, Value>()
  for (const row of rows) {
    if (row.length !== args.length + 1) fail('model/invalid', 'lookupWidth')
    const key = JSON.stringify(row.slice(0, -1))
    if (!table.has(key)) table.set(key, row[args.length] as string | number)
  }
  return (record) => {
    const values = args.map((arg) => arg(record))
    if (values.includes(null)) return null
    return table.get(JSON.stringify(values)) ?? otherwise ?? null
  }
}

function piecewise(arg: Evaluate, { points, outside }: Extract<Expression, { op: 'piecewise' }>): Evaluate {
  const xs = points.map(([x]) => x)
  ascending(xs, 'points')
  const last = points.length - 1
  return (record) => {
    const x = arg(record)
    if (typeof x !== 'number') return null
    if (x < (xs[0] as number) || x > (xs[last] as number)) {
      if (outside === 'missing') return null
      if (outside === 'clamp') return (points[x < (xs[0] as number) ? 0 : last] as readonly [number, number])[1]
    }
    let i = 1
    while (i < last && x > (xs[i] as number)) i++
    const [x0, y0] = points[i - 1] as readonly [number, number]
    const [x1, y1] = points[i] as readonly [number, number]
    const y = y0 + ((x - x0) / (x1 - x0)) * (y1 - y0)
    // Between two points rounding does not leave their values.
    return known(x < x0 || x > x1 ? y : Math.min(Math.max(y, Math.min(y0, y1)), Math.max(y0, y1)))
  }
}

function ascending(numbers: readonly number[], what: CoreFaults['notAscending']['what']): void {
  if (numbers.some((x, i) => i > 0 && !((numbers[i - 1] as number) < x)))
    fail('model/invalid', 'notAscending', { what })
}
