import type { Expression } from '../../core/card/expression.ts'
import { atan, cos, exp, ln, ln1p, power, sin, tan, tanh } from '../../core/number/elementary.ts'
import type { ElementType } from './elementType.ts'
import { fail } from './faults.ts'
import { limits } from './limits.ts'

/**
 * Public columns: a graph of small steps over the inputs. Equal steps are one object, so a column that is used twice is
 * kept once, and identity is equality.
 *
 * Steps on float32 are wrapped in 'float32': the sum, difference, product, quotient or root of singles, computed in
 * doubles and rounded once more, is the single that float32 arithmetic gives (a double has more than 2·24 + 2 bits), so
 * public columns are what ONNX computes, to the bit; exponentials and logarithms to a unit in the last place.
 */
export interface Column {
  readonly kind: 'column'
  /** Ascending in the order of making: a column's arguments have smaller numbers. */
  readonly id: number
  readonly op: ColumnOperation
  readonly args: readonly (Column | number | string | null)[]
  readonly detail: Detail | undefined
  /** Indices of the inputs it uses, ascending. */
  readonly inputs: readonly number[]
  /** The ONNX operator that it stands for, for the name of a derived column. */
  readonly origin: string
  /** An interval that is known beyond what interval arithmetic proves. */
  readonly bounds: readonly [number, number] | undefined
  readonly depth: number
}

/** What core/expression.ts has, and: an input's cell; the indicator of a level (1 where a text column equals it). */
export type ColumnOperation = Extract<Expression, { op: string }>['op'] | 'input' | 'indicator'

export type Detail =
  | { readonly input: number }
  | { readonly edges: readonly number[]; readonly closed: 'left' | 'right'; readonly labels: readonly string[] }
  | { readonly rows: readonly (readonly (string | number)[])[]; readonly otherwise: string | number | null }

export type Operand = Column | number | string | null

export class Columns {
  readonly #known = new Map<string, Column>()
  #links = 0
  /** What the columns that are made from now on stand for. */
  origin = ''

  make(
    op: ColumnOperation,
    args: readonly Operand[],
    detail?: Detail,
    bounds?: readonly [number, number] | undefined,
    origin = this.origin,
  ): Column {
    const parts = args.map((arg) => {
      if (arg === null) return 'null'
      if (typeof arg === 'object') return `#${arg.id}`
      return typeof arg === 'string' ? JSON.stringify(arg) : Object.is(arg, -0) ? '-0' : String(arg)
    })
    const key = `${op}(${parts.join()})${detail ? JSON.stringify(detail) : ''}`
    const known = this.#known.get(key)
    if (known) return known
    if (this.#known.size >= limits.steps) {
      fail('model/unsupported', 'stepsTooMany', { most: limits.steps })
    }
    const columns = args.filter((arg): arg is Column => typeof arg === 'object' && arg !== null)
    const column: Column = {
      kind: 'column',
      id: this.#known.size,
      op,
      args,
      detail,
      inputs: detail && 'input' in detail ? [detail.input] : this.#union(columns),
      origin,
      bounds,
      depth: 1 + columns.reduce((most, arg) => Math.max(most, arg.depth), 0),
    }
    this.#known.set(key, column)
    return column
  }

  /** The inputs of all of them; a list that has all of them already is shared. */
  #union(columns: readonly Column[]): readonly number[] {
    const widest = columns.reduce<readonly number[]>((w, { inputs }) => (inputs.length > w.length ? inputs : w), [])
    const more = columns.flatMap(({ inputs }) => (inputs === widest ? [] : inputs.filter((at) => !holds(widest, at))))
    if (more.length === 0) return widest
    const all = new Set([...widest, ...more])
    this.#links += all.size
    if (this.#links > limits.links) fail('model/unsupported', 'columnsMixed')
    return [...all].sort((a, b) => a - b)
  }

  /** Arithmetic in the given element type: exact for integers and doubles, rounded for singles. */
  compute(op: ColumnOperation, args: readonly Operand[], type: ElementType): Column | number | string {
    const folded = fold(op, args)
    if (folded !== undefined) return type === 'float' && typeof folded === 'number' ? Math.fround(folded) : folded
    const column = this.make(op, args)
    return type === 'float' && !exact.has(op) ? this.make('float32', [column]) : column
  }
}

/** Whether ascending numbers hold one, by halving. */
function holds(sorted: readonly number[], wanted: number): boolean {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < wanted) low = middle + 1
    else high = middle
  }
  return sorted[low] === wanted
}

/** Operations whose result on singles is a single already. */
const exact: ReadonlySet<ColumnOperation> = new Set<ColumnOperation>([
  'negate',
  'abs',
  'floor',
  'ceil',
  'round',
  'sign',
  'float32',
  'not',
  'min',
  'max',
  'and',
  'or',
  'equal',
  'notEqual',
  'less',
  'lessOrEqual',
  'greater',
  'greaterOrEqual',
  'missing',
  'if',
  'coalesce',
  'indicator',
])

const truth = (holds: boolean): number => (holds ? 1 : 0)

type Numeric = (x: number, y: number) => number
const numeric: Partial<Record<ColumnOperation, Numeric>> = {
  negate: (x) => -x,
  abs: Math.abs,
  exp,
  ln,
  ln1p,
  sqrt: Math.sqrt,
  square: (x) => x * x,
  floor: Math.floor,
  ceil: Math.ceil,
  sign: Math.sign,
  sin,
  cos,
  tan,
  atan,
  tanh,
  float32: Math.fround,
  not: (x) => truth(x !== 1),
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => x / y,
  power,
  modulo: (x, y) => x - y * Math.floor(x / y),
  min: Math.min,
  max: Math.max,
  and: (x, y) => truth(x === 1 && y === 1),
  or: (x, y) => truth(x === 1 || y === 1),
  equal: (x, y) => truth(x === y),
  notEqual: (x, y) => truth(x !== y),
  less: (x, y) => truth(x < y),
  lessOrEqual: (x, y) => truth(x <= y),
  greater: (x, y) => truth(x > y),
  greaterOrEqual: (x, y) => truth(x >= y),
  missing: (x) => truth(Number.isNaN(x)),
}

/** The result where it is known: of constants, and of steps that change nothing. */
function fold(op: ColumnOperation, args: readonly Operand[]): Column | number | string | undefined {
  const [a, b] = args
  if (args.every((arg) => typeof arg === 'number')) {
    if (op === 'if') return (a === 1 ? b : args[2]) as number
    return numeric[op]?.(a as number, (b ?? 0) as number)
  }
  if (args.every((arg) => typeof arg === 'string') && (op === 'equal' || op === 'notEqual')) {
    return truth((a === b) === (op === 'equal'))
  }
  if (op === 'if' && typeof a === 'number') return (a === 1 ? b : args[2]) as Column | number | string
  if (op === 'float32' && typeof a === 'object' && a?.op === 'float32') return a
  if (op === 'add' && a === 0) return b as Column
  if ((op === 'add' || op === 'subtract') && b === 0) return a as Column
  if (op === 'multiply' && a === 1) return b as Column
  if ((op === 'multiply' || op === 'divide' || op === 'power') && b === 1) return a as Column
  // A cell is finite, so nothing times 0 is 0.
  if (op === 'multiply' && (a === 0 || b === 0)) return 0
  return undefined
}
