import { daysOfDate } from '../core/card/dates.ts'
import { roundHalfAway } from '../core/card/evaluate.ts'
import { type Expression, longestText } from '../core/card/expression.ts'
import { atan, exp, expm1, ln, ln1p, log2, log10, power, tanh } from '../core/number/elementary.ts'

/**
 * The range of an expression, proven from the ranges of what it uses by interval arithmetic. Only as tight as it needs
 * to be: it gives a derived column its range when the vendor states none.
 *
 * Addition, multiplication, division and square roots of doubles are rounded correctly, so they never fall where the
 * exact operation rises, and their ends bound all doubles between. What a library approximates (exponentials,
 * logarithms, powers) is widened by some units in the last place.
 */
export interface Interval {
  readonly min: number
  readonly max: number
}

const everything: Interval = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY }
/** No number at all: a constant that is missing or a text. */
const nothing: Interval = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }
const truth: Interval = { min: 0, max: 1 }

/** The interval of an expression's numbers; all of the line where nothing better is known. */
export function rangeOf(expression: Expression, columns: ReadonlyMap<string, Interval>): Interval {
  const range = interval(expression, columns)
  return range === nothing ? everything : range
}

function interval(expression: Expression, columns: ReadonlyMap<string, Interval>): Interval {
  if (typeof expression === 'number') return { min: expression, max: expression }
  if ('constant' in expression) return nothing
  if ('column' in expression) return columns.get(expression.column) ?? everything
  const args = expression.args.map((arg) => interval(arg, columns))
  const range = combine(expression, args)
  if (range === nothing) return nothing
  // Ends that ran over are unknown ends; a value there would be missing.
  const min = Number.isNaN(range.min) || range.min === Number.POSITIVE_INFINITY ? Number.NEGATIVE_INFINITY : range.min
  const max = Number.isNaN(range.max) || range.max === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : range.max
  return { min, max }
}

function combine(expression: Extract<Expression, { op: string }>, args: readonly Interval[]): Interval {
  switch (expression.op) {
    case 'not':
    case 'and':
    case 'or':
    case 'missing':
    case 'equal':
    case 'notEqual':
    case 'less':
    case 'lessOrEqual':
    case 'greater':
    case 'greaterOrEqual':
    case 'matches':
      return truth
    case 'number':
    case 'text':
    case 'uppercase':
    case 'lowercase':
    case 'trim':
    case 'concat':
    case 'bin':
    case 'substring':
    case 'replace':
    case 'formatNumber':
    case 'formatDate':
      return everything
    case 'length':
    case 'countTerm':
      return { min: 0, max: longestText }
    case 'days':
      return { min: daysOfDate(0, 1, 1) as number, max: daysOfDate(9999, 12, 31) as number }
    case 'seconds':
      return { min: 0, max: 86_400 }
    case 'coalesce':
      return args.reduce(hull, nothing)
    case 'if':
      return args.slice(1).reduce(hull, nothing)
    case 'lookup':
      return [...expression.rows.map((row) => row.at(-1)), expression.otherwise]
        .map((value) => (typeof value === 'number' ? { min: value, max: value } : nothing))
        .reduce(hull, nothing)
    default:
      // What is no number makes all of these missing.
      return args.includes(nothing) ? nothing : arithmetic(expression, args as readonly [Interval, ...Interval[]])
  }
}

type Arithmetic = Exclude<
  Extract<Expression, { op: string }>,
  { op: 'bin' } | { op: 'lookup' } | { op: 'if' } | { op: 'missing' }
>

function arithmetic(expression: Arithmetic, args: readonly [Interval, ...Interval[]]): Interval {
  const [a, b = everything] = args
  switch (expression.op) {
    case 'negate':
      return { min: -a.max, max: -a.min }
    case 'abs':
      return { min: least(a), max: most(a) }
    case 'square':
      return { min: least(a) * least(a), max: most(a) * most(a) }
    case 'floor':
    case 'ceil':
    case 'round':
    case 'sign':
    case 'float32': {
      const f = steps[expression.op]
      return { min: f(a.min), max: f(a.max) }
    }
    case 'sqrt':
      // Below zero the value is missing, so only the rest counts.
      return { min: Math.sqrt(Math.max(0, a.min)), max: Math.sqrt(a.max) }
    case 'exp':
    case 'expm1':
    case 'atan':
    case 'tanh':
    case 'ln':
    case 'ln1p':
    case 'log10':
    case 'log2': {
      const f = curves[expression.op]
      return widen({ min: f(a.min), max: f(a.max) })
    }
    case 'sin':
    case 'cos':
      return { min: -1, max: 1 }
    case 'add':
      return args.reduce((x, y) => ({ min: x.min + y.min, max: x.max + y.max }))
    case 'subtract':
      return { min: a.min - b.max, max: a.max - b.min }
    case 'multiply':
      return args.reduce((x, y) => corners(x, y, (u, v) => u * v))
    case 'divide':
      return b.min > 0 || b.max < 0 ? corners(a, b, (u, v) => u / v) : everything
    case 'power':
      return powerRange(a, expression.args[1])
    case 'min':
      return args.reduce((x, y) => ({ min: Math.min(x.min, y.min), max: Math.min(x.max, y.max) }))
    case 'max':
      return args.reduce((x, y) => ({ min: Math.max(x.min, y.min), max: Math.max(x.max, y.max) }))
    case 'modulo':
      return b.min > 0 ? { min: 0, max: b.max } : b.max < 0 ? { min: b.min, max: 0 } : everything
    case 'piecewise': {
      const ys = expression.points.map(([, y]) => ({ min: y, max: y })).reduce(hull, nothing)
      return expression.outside === 'extend'
        ? [a.min, a.max].map((x) => beyond(expression.points, x)).reduce(hull, ys)
        : ys
    }
    default:
      return everything
  }
}

const steps = { floor: Math.floor, ceil: Math.ceil, round: roundHalfAway, sign: Math.sign, float32: Math.fround }
/** Rising wherever they are defined; below that they give NaN, and the value is missing. */
const curves = { exp, expm1, ln, ln1p, log10, log2, atan, tanh }

function corners(x: Interval, y: Interval, f: (u: number, v: number) => number): Interval {
  // 0 · ∞ and ∞/∞ count as 0: the infinite ends are never reached by a finite value, and other corners hold the rest.
  const all = [f(x.min, y.min), f(x.min, y.max), f(x.max, y.min), f(x.max, y.max)].map((v) => (Number.isNaN(v) ? 0 : v))
  return { min: Math.min(...all), max: Math.max(...all) }
}

function powerRange(base: Interval, exponent: Expression): Interval {
  if (typeof exponent !== 'number') return everything
  if (Number.isInteger(exponent) && exponent >= 0) {
    const ends = exponent % 2 === 0 ? [least(base), most(base)] : [base.min, base.max]
    return widen({ min: power(ends[0] as number, exponent), max: power(ends[1] as number, exponent) })
  }
  // Where a fractional power has no value it is missing; a negative one has no bound near zero.
  if (exponent > 0) return widen({ min: power(Math.max(0, base.min), exponent), max: power(base.max, exponent) })
  return base.min > 0 ? widen({ min: power(base.max, exponent), max: power(base.min, exponent) }) : everything
}

/** The value of a broken line that goes on beyond its ends, where x is beyond them. */
function beyond(points: readonly (readonly [number, number])[], x: number): Interval {
  const first = points[0] as readonly [number, number]
  const last = points.at(-1) as readonly [number, number]
  if (x >= first[0] && x <= last[0]) return nothing
  const [from, to] = x < first[0] ? points.slice(0, 2) : points.slice(-2)
  const [x0, y0] = from as readonly [number, number]
  const [x1, y1] = to as readonly [number, number]
  const y = y0 + ((x - x0) / (x1 - x0)) * (y1 - y0)
  // A level line that goes to infinity, 0 · ∞, is where it was.
  return Number.isNaN(y) && y1 === y0 ? { min: y0, max: y0 } : Number.isNaN(y) ? everything : { min: y, max: y }
}

const most = (a: Interval): number => Math.max(Math.abs(a.min), Math.abs(a.max))
const least = (a: Interval): number => (a.min <= 0 && a.max >= 0 ? 0 : Math.min(Math.abs(a.min), Math.abs(a.max)))

function hull(x: Interval, y: Interval): Interval {
  if (x === nothing || y === nothing) return x === nothing ? y : x
  return { min: Math.min(x.min, y.min), max: Math.max(x.max, y.max) }
}

function widen({ min, max }: Interval): Interval {
  const slack = (x: number): number => Math.abs(x) * 2 ** -48
  return { min: min - slack(min), max: max + slack(max) }
}
