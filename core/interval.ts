import type { Expression } from './expression.ts'

/**
 * The range of an expression, proven from the ranges of what it uses by interval arithmetic. Only as tight as it needs
 * to be: it gives a derived column its range when the vendor states none. Every end is widened by a few units in the
 * last place, so that the rounding of doubles stays inside.
 */
export interface Interval {
  readonly min: number
  readonly max: number
}

const everything: Interval = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY }
const truth: Interval = { min: 0, max: 1 }

/** The interval of a numeric expression; all of the line where nothing better is known. */
export function rangeOf(expression: Expression, columns: ReadonlyMap<string, Interval>): Interval {
  return widen(exact(expression, columns))
}

function exact(expression: Expression, columns: ReadonlyMap<string, Interval>): Interval {
  if (typeof expression === 'number') return { min: expression, max: expression }
  if ('constant' in expression) return everything
  if ('column' in expression) return columns.get(expression.column) ?? everything
  const of = (part: Expression | undefined): Interval => (part === undefined ? everything : rangeOf(part, columns))
  const [a, b] = [of(expression.args[0]), of(expression.args[1])]
  switch (expression.op) {
    case 'negate':
      return { min: -a.max, max: -a.min }
    case 'abs':
      return { min: a.min <= 0 && a.max >= 0 ? 0 : Math.min(Math.abs(a.min), Math.abs(a.max)), max: most(a) }
    case 'square':
      return { min: a.min <= 0 && a.max >= 0 ? 0 : Math.min(a.min ** 2, a.max ** 2), max: most(a) ** 2 }
    case 'exp':
    case 'expm1':
    case 'floor':
    case 'ceil':
    case 'round':
    case 'sign':
    case 'atan':
    case 'tanh':
    case 'float32': {
      const f = rising[expression.op]
      return { min: f(a.min), max: f(a.max) }
    }
    case 'ln':
    case 'ln1p':
    case 'log10':
    case 'log2':
    case 'sqrt': {
      // Outside its domain the value is missing, so only the domain counts; at its edge a logarithm has no bound.
      const f = rising[expression.op]
      const low = f(a.min)
      return { min: Number.isNaN(low) ? (expression.op === 'sqrt' ? 0 : Number.NEGATIVE_INFINITY) : low, max: f(a.max) }
    }
    case 'sin':
    case 'cos':
      return { min: -1, max: 1 }
    case 'add':
      return expression.args.map(of).reduce((x, y) => ({ min: x.min + y.min, max: x.max + y.max }))
    case 'subtract':
      return { min: a.min - b.max, max: a.max - b.min }
    case 'multiply':
      return expression.args.map(of).reduce((x, y) => corners(x, y, (u, v) => u * v))
    case 'divide':
      return b.min > 0 || b.max < 0 ? corners(a, b, (u, v) => u / v) : everything
    case 'power':
      return powerRange(a, expression.args[1])
    case 'min':
      return expression.args.map(of).reduce((x, y) => ({ min: Math.min(x.min, y.min), max: Math.min(x.max, y.max) }))
    case 'max':
      return expression.args.map(of).reduce((x, y) => ({ min: Math.max(x.min, y.min), max: Math.max(x.max, y.max) }))
    case 'coalesce':
      return expression.args.map(of).reduce(hull)
    case 'if':
      return hull(b, of(expression.args[2]))
    case 'modulo':
      return b.min > 0 ? { min: 0, max: b.max } : everything
    case 'lookup': {
      const values = expression.rows.map((row) => row[row.length - 1])
      const all =
        expression.otherwise === undefined || expression.otherwise === null ? values : [...values, expression.otherwise]
      const numbers = all.filter((value) => typeof value === 'number')
      return numbers.length > 0 ? { min: Math.min(...numbers), max: Math.max(...numbers) } : everything
    }
    case 'piecewise': {
      const ys = expression.points.map(([, y]) => y)
      const inside = { min: Math.min(...ys), max: Math.max(...ys) }
      if (expression.outside !== 'extend') return inside
      return [a.min, a.max].map((x) => extended(expression.points, x)).reduce(hull, inside)
    }
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
      return truth
    default:
      return everything
  }
}

const rising = {
  exp: Math.exp,
  expm1: Math.expm1,
  ln: Math.log,
  ln1p: Math.log1p,
  log10: Math.log10,
  log2: Math.log2,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  sign: Math.sign,
  atan: Math.atan,
  tanh: Math.tanh,
  float32: Math.fround,
}

function corners(x: Interval, y: Interval, f: (u: number, v: number) => number): Interval {
  // 0 · ∞ counts as 0: the infinite end is never reached by a finite value.
  const all = [f(x.min, y.min), f(x.min, y.max), f(x.max, y.min), f(x.max, y.max)].map((v) => (Number.isNaN(v) ? 0 : v))
  return { min: Math.min(...all), max: Math.max(...all) }
}

function powerRange(base: Interval, exponent: Expression | undefined): Interval {
  if (typeof exponent !== 'number') return everything
  const ends = [base.min ** exponent, base.max ** exponent]
  const straddles = base.min < 0 && base.max > 0
  if (Number.isInteger(exponent) && exponent >= 0) {
    return { min: straddles && exponent % 2 === 0 ? 0 : Math.min(...ends), max: Math.max(...ends) }
  }
  return base.min > 0 || (base.min === 0 && exponent > 0)
    ? { min: Math.min(...ends), max: Math.max(...ends) }
    : everything
}

function extended(points: readonly (readonly [number, number])[], x: number): Interval {
  const first = points[0] as readonly [number, number]
  const [from, to] = x < first[0] ? points.slice(0, 2) : points.slice(-2)
  const [x0, y0] = from as readonly [number, number]
  const [x1, y1] = to as readonly [number, number]
  const y = y0 + ((x - x0) / (x1 - x0)) * (y1 - y0)
  return { min: y, max: y }
}

const most = (a: Interval): number => Math.max(Math.abs(a.min), Math.abs(a.max))
const hull = (x: Interval, y: Interval): Interval => ({ min: Math.min(x.min, y.min), max: Math.max(x.max, y.max) })

function widen({ min, max }: Interval): Interval {
  const slack = (x: number): number => Math.abs(x) * 2 ** -50
  return { min: min - slack(min), max: max + slack(max) }
}
