import type { Expression } from '../../core/card/expression.ts'
import type { ExtendedLink, ExtendedModel } from '../extended.ts'

/**
 * A model file evaluated plainly, in doubles, straight from what its members mean: the judge of what importers and
 * exporters write. It shares no code with the core on purpose.
 */

type Value = number | string | null

export interface Prediction {
  readonly predictors: readonly number[]
  readonly responses: readonly number[]
  /** The name of the largest response, where responses have names. */
  readonly label: string | undefined
}

const missingTexts = new Set(['', 'NA', 'N/A', '#N/A', 'NaN', 'nan', 'null', 'NULL'])

/** One record's prediction. `cells` holds texts by column name. Throws where the record is to be refused. */
export function predict(model: ExtendedModel, cells: Readonly<Record<string, string>>): Prediction {
  const record = new Map<string, Value>()
  for (const feature of model.features) {
    const cell = cells[feature.name]
    if (cell === undefined) throw new Error(`no column ${feature.name}`)
    record.set(feature.name, featureValue(feature, cell.trim()))
  }
  for (const column of model.derived ?? []) {
    let value = evaluate(column.expression, record)
    if (column.type === 'category') value = category(column, value)
    else {
      value = filled(column, value)
      if (typeof value === 'number' && column.range && (value < column.range[0] || value > column.range[1]))
        throw new Error(`${column.name} is outside its range`)
      if (typeof value === 'number' && column.step !== undefined) multiple(column.name, value, column.step)
    }
    record.set(column.name, value)
  }
  const predictors = model.heads
    .filter((head) => head.role === undefined)
    .map((head) =>
      head.terms.reduce((sum, { feature, level, weight }) => {
        const value = record.get(feature)
        if (level !== undefined) return sum + (value === level ? weight : 0)
        if (typeof value !== 'number') throw new Error(`${feature} is no number`)
        return sum + weight * value
      }, head.intercept),
    )
  const own = respond(model.link, predictors)
  const names = model.responses ?? model.heads.map((head, i) => head.name ?? `head${i + 1}`)
  const named = new Map<string, Value>(own.map((response, i) => [names[i] as string, response]))
  const responses = [...own]
  for (const { name, expression } of model.outputs ?? []) {
    const value = evaluate(expression, named)
    named.set(name, value)
    responses.push(typeof value === 'number' ? value : Number.NaN)
  }
  const decided = model.decision === undefined ? undefined : String(evaluate(model.decision, named) ?? '')
  const label = decided ?? (own.length > 1 ? names[own.indexOf(Math.max(...own))] : undefined)
  return { predictors, responses, label }
}

type Feature = ExtendedModel['features'][number]
type Column = Feature | NonNullable<ExtendedModel['derived']>[number]
type Category = Extract<Column, { type: 'category' }>

function featureValue(feature: Feature, cell: string): Value {
  if (feature.type === 'category') {
    return category(feature, missingTexts.has(cell) && !feature.levels.includes(cell) ? null : cell)
  }
  let value: number | null = missingTexts.has(cell) ? null : Number(cell)
  if (Number.isNaN(value)) {
    if (feature.invalid !== 'missing') throw new Error(`${feature.name} is no number`)
    value = null
  }
  if (value !== null && feature.range) {
    const [min, max] = feature.range
    if (value < min || value > max) {
      if (feature.outside === 'clamp') value = Math.min(Math.max(value, min), max)
      else if (feature.outside === 'missing') value = null
      else throw new Error(`${feature.name} is outside its range`)
    }
  }
  const step = feature.type === 'integer' ? 1 : feature.step
  if (value !== null && step !== undefined) multiple(feature.name, value, step)
  return filled(feature, value)
}

/** A multiple of the step, but for what a few operations on doubles leave. */
function multiple(name: string, value: number, step: number): void {
  const steps = value / step
  if (Math.abs(steps - Math.round(steps)) > 1e-9 + Math.abs(steps) * 2 ** -48)
    throw new Error(`${name} is finer than its step`)
}

function filled(column: Column, value: Value): Value {
  if (value !== null || column.missing === 'keep') return value
  if (column.missing === undefined || column.missing === 'refuse') throw new Error(`${column.name} is missing`)
  return column.missing.impute
}

function category(column: Category, value: Value): Value {
  if (value === null) return filled(column, null)
  if (typeof value !== 'string') throw new Error(`${column.name} is no text`)
  if (column.levels.includes(value)) return value
  switch (column.unknown ?? 'refuse') {
    case 'refuse':
      throw new Error(`${column.name} has an unknown level`)
    case 'reference':
      return value
    case 'missing':
      return filled(column, null)
    default:
      return (column.unknown as { level: string }).level
  }
}

const unary: Record<string, (x: number) => number> = {
  negate: (x) => -x,
  abs: Math.abs,
  exp: Math.exp,
  expm1: Math.expm1,
  ln: Math.log,
  ln1p: Math.log1p,
  log10: Math.log10,
  log2: Math.log2,
  sqrt: Math.sqrt,
  square: (x) => x * x,
  floor: Math.floor,
  ceil: Math.ceil,
  round: (x) => Math.sign(x) * Math.floor(Math.abs(x) + 0.5),
  sign: Math.sign,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  atan: Math.atan,
  tanh: Math.tanh,
  float32: Math.fround,
  not: (x) => Number(x !== 1),
}
const texts: Record<string, (x: string) => string> = {
  uppercase: (x) => x.toUpperCase(),
  lowercase: (x) => x.toLowerCase(),
  trim: (x) => x.trim(),
}
const fold: Record<string, (x: number, y: number) => number> = {
  add: (x, y) => x + y,
  multiply: (x, y) => x * y,
  min: Math.min,
  max: Math.max,
  subtract: (x, y) => x - y,
  divide: (x, y) => x / y,
  power: (x, y) => x ** y,
  modulo: (x, y) => x - y * Math.floor(x / y),
}
const comparisons: Record<string, (x: number | string, y: number | string) => boolean> = {
  equal: (x, y) => x === y,
  notEqual: (x, y) => x !== y,
  less: (x, y) => x < y,
  lessOrEqual: (x, y) => x <= y,
  greater: (x, y) => x > y,
  greaterOrEqual: (x, y) => x >= y,
}

export function evaluate(expression: Expression, record: ReadonlyMap<string, Value>): Value {
  const value = raw(expression, record)
  return typeof value === 'number' && !Number.isFinite(value) ? null : value
}

function raw(expression: Expression, record: ReadonlyMap<string, Value>): Value {
  if (typeof expression === 'number') return expression
  if ('constant' in expression) return expression.constant
  if ('column' in expression) {
    const value = record.get(expression.column)
    if (value === undefined) throw new Error(`no column ${expression.column} before the expression that uses it`)
    return value
  }
  const { op } = expression
  const arg = (i: number): Value => evaluate(expression.args[i] as Expression, record)
  if (op === 'missing') return Number(arg(0) === null)
  if (op === 'if') return arg(0) === 1 ? arg(1) : arg(2)
  const all = expression.args.map((part) => evaluate(part, record))
  if (op === 'coalesce') return all.find((value) => value !== null) ?? null
  if (all.includes(null)) return null
  const args = all as (number | string)[]
  const [x] = args as [number | string]
  switch (op) {
    case 'bin': {
      const above = expression.edges.filter((edge) =>
        expression.closed === 'left' ? edge <= Number(x) : edge < Number(x),
      )
      return expression.labels[above.length] ?? null
    }
    case 'lookup': {
      const row = expression.rows.find((cells) => args.every((value, i) => cells[i] === value))
      return row?.at(-1) ?? expression.otherwise ?? null
    }
    case 'piecewise':
      return line(expression, Number(x))
    case 'and':
      return Number(args.every((value) => value === 1))
    case 'or':
      return Number(args.some((value) => value === 1))
    case 'concat':
      return args.join('')
    case 'text':
      return String(x)
    case 'number':
      return Number(x)
    case 'length':
      return [...String(x)].length
    case 'substring': {
      const [, start, length] = args as [string, number, number]
      return start < 1 || length < 0 ? null : [...String(x)].splice(start - 1, length).join('')
    }
    case 'days':
      return moment(String(x), 0)?.days ?? null
    case 'seconds':
      return moment(String(x), 1)?.seconds ?? null
    case 'matches':
      return Number(engineOf(expression.pattern, 'u').test(String(x)))
    case 'replace':
      return replaced(expression, String(x))
    case 'countTerm':
      return counted(expression, String(x))
    case 'formatNumber':
    case 'formatDate':
      throw new Error(`${op} is not evaluated here`)
  }
  if (op in texts) return (texts[op] as (x: string) => string)(String(x))
  if (op in comparisons) {
    const y = args[1] as number | string
    return typeof x === typeof y ? Number((comparisons[op] as (typeof comparisons)[string])(x, y)) : null
  }
  if (args.some((value) => typeof value === 'string')) return null
  const numbers = args as number[]
  if (op in fold) {
    const combine = fold[op] as (x: number, y: number) => number
    return numbers.reduce((x, y) => combine(x, y))
  }
  return (unary[op] as (x: number) => number)(numbers[0] as number)
}

/** A pattern as the engine has it, which states that case does not count beside it. */
function engineOf(pattern: string, flags: string): RegExp {
  return new RegExp(pattern.replace('(?i)', ''), pattern.startsWith('(?i)') ? `${flags}i` : flags)
}

/** A date by the engine's own calendar, and a time. */
function moment(text: string, time: 0 | 1): { days: number; seconds: number } | null {
  const found = /^(\d{4}-\d\d-\d\d)?[T ]?(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?$/.exec(text)
  if (!found?.[1 + time]) return null
  const date = new Date(`${found[1] ?? '1970-01-01'}T00:00:00Z`)
  if (Number.isNaN(date.getTime()) || (found[1] && date.toISOString().slice(0, 10) !== found[1])) return null
  const [h = 0, m = 0, s = 0] = (found[2] ?? '00:00').split(':').map(Number)
  return h < 24 && m < 60 && s < 60 ? { days: date.getTime() / 864e5, seconds: h * 3600 + m * 60 + s } : null
}

function replaced({ pattern, by, repeat }: Extract<Expression, { op: 'replace' }>, text: string): string {
  const once = (from: string): string =>
    from.replace(engineOf(pattern, 'gu'), (...groups) =>
      by.map((part) => (typeof part === 'string' ? part : (groups[part] ?? ''))).join(''),
    )
  let now = once(text)
  for (let next = once(now); repeat && next !== now; next = once(now)) now = next
  return now
}

function counted({ term, words }: Extract<Expression, { op: 'countTerm' }>, text: string): number {
  const pattern = new RegExp(words.pattern, 'gu')
  const list =
    words.by === 'words'
      ? (text.match(pattern) ?? [])
      : text
          .split(pattern)
          .map((word) => word.replace(/^\p{P}+|\p{P}+$/gu, ''))
          .filter((word) => word !== '')
  return list.filter((_, i) => term.every((word, k) => list[i + k] === word)).length
}

function line({ points, outside }: Extract<Expression, { op: 'piecewise' }>, x: number): number | null {
  const inside = points.findIndex(([start], i) => start <= x && x <= (points[i + 1]?.[0] ?? Number.NEGATIVE_INFINITY))
  const before = x < (points[0]?.[0] as number)
  if (inside < 0 && outside === 'missing') return null
  if (inside < 0 && outside === 'clamp') return (before ? points[0] : points.at(-1))?.[1] ?? null
  const at = inside >= 0 ? inside : before ? 0 : points.length - 2
  const [[x0, y0], [x1, y1]] = points.slice(at, at + 2) as [[number, number], [number, number]]
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
}

const inverse: Record<string, (eta: number) => number> = {
  identity: (eta) => eta,
  argmax: (eta) => eta,
  logit: (eta) => 1 / (1 + Math.exp(-eta)),
  probit: (eta) => erfc(-eta / Math.SQRT2) / 2,
  log1p: (eta) => Math.exp(eta) - 1,
  cloglog: (eta) => -Math.expm1(-Math.exp(eta)),
  loglog: (eta) => Math.exp(-Math.exp(-eta)),
  cauchit: (eta) => 0.5 + Math.atan(eta) / Math.PI,
  log: Math.exp,
  logc: (eta) => -Math.expm1(eta),
  inverse: (eta) => 1 / eta,
  'inverse-square': (eta) => 1 / Math.sqrt(eta),
}

function respond(link: ExtendedLink, predictors: readonly number[]): number[] {
  if (link === 'softmax' || link === 'normalised') {
    const parts = predictors.map(
      link === 'softmax'
        ? (eta) => Math.exp(eta - Math.max(...predictors))
        : (inverse.logit as (eta: number) => number),
    )
    const sum = parts.reduce((a, b) => a + b, 0)
    return parts.map((part) => part / sum)
  }
  if (typeof link === 'string') return predictors.map(inverse[link] as (eta: number) => number)
  if ('power' in link) return predictors.map((eta) => eta ** (1 / link.power))
  if ('negativeBinomial' in link) return predictors.map((eta) => 1 / (link.negativeBinomial * Math.expm1(-eta)))
  if ('oddsPower' in link) {
    return predictors.map((eta) => 1 / (1 + (1 + link.oddsPower * eta) ** (-1 / link.oddsPower)))
  }
  if ('survival' in link) {
    const ratio = Math.exp(predictors[0] as number)
    return [ratio, ...link.survival.baseline.map(([, hazard]) => Math.exp(-hazard * ratio))]
  }
  const thresholds = 'thresholds' in link ? (link.thresholds as readonly number[]) : undefined
  const etas = thresholds ? thresholds.map((threshold) => threshold - (predictors[0] as number)) : predictors
  const below = [...etas.map(inverse[link.cumulative] as (eta: number) => number), 1]
  return below.map((p, i) => p - (i === 0 ? 0 : (below[i - 1] as number)))
}

/** The complementary error function: a series near zero, else a continued fraction, as textbooks have them. */
function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x)
  if (x < 2) {
    let term = x
    let sum = x
    for (let n = 1; n < 200; n++) {
      term *= (-x * x) / n
      sum += term / (2 * n + 1)
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum
  }
  let tail = x
  for (let k = 200; k >= 1; k--) tail = x + k / 2 / tail
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail
}
