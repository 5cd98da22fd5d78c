import type { ErrorCode } from '../errors.ts'
import { fail } from '../faults.ts'
import { decimalInSteps, decimalOfNumber, textInSteps } from '../number/decimal.ts'
import type { Card, CardBody, CategoryFeature, Column, Derived, Feature, NumberFeature } from './card.ts'
import { compileExpression, type Evaluate, type Value } from './evaluate.ts'
import { columnsOf } from './expression.ts'
import { isMissingText } from './missing.ts'
import { stepNoise, stepsOfText } from './steps.ts'

/**
 * Encoding: a record's cells become unsigned integers x_j in [0, X_j], one per input of the card.
 * Every cell that cannot be encoded is a problem with a code; none is ever 0 by accident.
 */

/** What is wrong with a cell. Holds no value: the page shows the cell's own text beside it. */
export interface CellProblem {
  /** The feature whose cell it is; for a derived column the first feature that it comes from. */
  readonly feature: number
  readonly code: Extract<ErrorCode, `cell/${string}`>
  readonly expected: Expected
}

/** What would be right in a cell, from the public card alone. */
export type Expected = (ExpectedLevel | ExpectedNumber) & { readonly derived?: DerivedFrom | undefined }

type ExpectedLevel = {
  readonly kind: 'level'
  readonly missing: boolean
  /** The first dozen of them. */
  readonly levels: readonly string[]
  readonly count: number
}

type ExpectedNumber = {
  readonly kind: 'number'
  readonly missing: boolean
  readonly min: string
  readonly max: string
  readonly unit?: string | undefined
  /** Where the cell is finer than it may be. */
  readonly step?: number | undefined
}

/** The derived column that could not be encoded, and the features that it is made of, the first eight by name. */
type DerivedFrom = { readonly name: string; readonly from: readonly string[]; readonly count: number }

/** How cells are written, as detected in the file and confirmed by the person. */
export interface CellFormat {
  readonly decimalMark: '.' | ','
}

export interface Encoder {
  /**
   * Writes the record's integers to out[j · stride + at]. `cells` holds one text per feature of the card.
   * Returns the problems, none when the record can be scored; then `out` is not to be used for it.
   */
  encode(cells: readonly string[], out: Float64Array, stride: number, at: number): readonly CellProblem[]
  /** The columns of the record that was encoded last, features first. */
  readonly values: readonly Value[]
  /** For each of these columns, what a policy of the card made of it. */
  readonly decisions: readonly (Decision | null)[]
}

/**
 * What a policy of the card decided of a value: that a missing one counts as something, that one outside the range counts as
 * its nearer end or as missing, that what is no number counts as missing, that an unknown level counts as another.
 */
export type Decision = 'missing' | 'below' | 'above' | 'outside' | 'invalid' | 'unknown'

const none: readonly CellProblem[] = []

/** The encoder of a card. Prepared once, used for every record. */
export function makeEncoder(card: Card | CardBody, format: CellFormat = { decimalMark: '.' }): Encoder {
  const sinks = sinksOf(card)
  const decisions: (Decision | null)[] = new Array(card.features.length + card.derived.length).fill(null)
  const decide =
    (column: number) =>
    (decision: Decision): void => {
      decisions[column] = decision
    }
  const indexOf = new Map<string, number>()
  const firstOf: number[] = []
  const readers = card.features.map((feature, f) => {
    indexOf.set(feature.name, f)
    firstOf.push(f)
    const sink = sinks[f] as Sink
    return feature.type === 'number'
      ? numberReader(feature, sink, format, decide(f))
      : categoryReader(feature, sink, decide(f))
  })
  const makers = card.derived.map((column, d) => {
    const at = card.features.length + d
    const evaluate = compileExpression(column.expression, indexOf)
    const from = [...columnsOf(column.expression)]
    const feature = firstOf[indexOf.get(from[0] ?? '') ?? 0] ?? 0
    indexOf.set(column.name, at)
    firstOf.push(feature)
    const sink = sinks[at] as Sink
    const make =
      column.type === 'number' ? derivedNumber(column, sink, decide(at)) : derivedCategory(column, sink, decide(at))
    return { column, evaluate, make, feature, from, at }
  })
  const values: Value[] = new Array(card.features.length + card.derived.length).fill(null)
  return {
    values,
    decisions,
    encode(cells, out, stride, at) {
      decisions.fill(null)
      let problems = none as CellProblem[]
      for (let f = 0; f < readers.length; f++) {
        const read = (readers[f] as Reader)(cells[f] ?? '', out, stride, at)
        if (isProblem(read)) {
          if (problems === none) problems = []
          problems.push({
            feature: f,
            code: read.problem,
            expected: expectation(card.features[f] as Feature, read.problem),
          })
        } else {
          values[f] = read
        }
      }
      // What comes of a cell that is wrong is not worth a second report.
      if (problems !== none) return problems
      for (const { column, evaluate, make, feature, from, at: c } of makers) {
        const made = make(evaluate, values, out, stride, at)
        if (isProblem(made)) {
          const derived = { name: column.name, from: from.slice(0, 8), count: from.length }
          return [{ feature, code: made.problem, expected: { ...expectation(column, made.problem), derived } }]
        }
        values[c] = made
      }
      return none
    },
  }
}

type Problem = { readonly problem: CellProblem['code'] }
const problems = {
  missing: { problem: 'cell/missing' },
  notANumber: { problem: 'cell/not-a-number' },
  range: { problem: 'cell/range' },
  precision: { problem: 'cell/precision' },
  level: { problem: 'cell/level' },
} as const satisfies Record<string, Problem>

const isProblem = (value: Value | Problem): value is Problem => typeof value === 'object' && value !== null

/** Reads a cell: writes its integers, returns its value for expressions, or says what is wrong with it. */
type Reader = (cell: string, out: Float64Array, stride: number, at: number) => Value | Problem
type Maker = (
  evaluate: Evaluate,
  values: readonly Value[],
  out: Float64Array,
  stride: number,
  at: number,
) => Value | Problem

/** Takes note of what a policy decided of the column's value. */
type Decide = (decision: Decision) => void

type NumberColumn = Extract<Column, { type: 'number' }>
type CategoryColumn = Extract<Column, { type: 'category' }>

/** Where a column's integers go: its inputs, for a category by level. */
interface Sink {
  readonly inputs: readonly number[]
  readonly ofLevel: ReadonlyMap<string, number>
  readonly unit: number
}

function sinksOf(card: Card | CardBody): Sink[] {
  const columns: readonly Column[] = [...card.features, ...card.derived]
  const sinks = columns.map(() => ({ inputs: [] as number[], ofLevel: new Map<string, number>(), unit: 1 }))
  card.inputs.forEach((input, j) => {
    const column = columns[input.column]
    const sink = sinks[input.column]
    if (column === undefined || sink === undefined) fail('model/invalid', 'inputColumn')
    sink.inputs.push(j)
    // All inputs of a column have one unit.
    sink.unit = input.unit ?? 1
    if (input.kind === 'level' && column.type === 'category') sink.ofLevel.set(column.levels[input.level] ?? '', j)
  })
  return sinks
}

function write(x: number, { inputs, unit }: Sink, out: Float64Array, stride: number, at: number): void {
  for (let i = 0; i < inputs.length; i++) out[(inputs[i] as number) * stride + at] = x * unit
}

/** An end of a range: the value itself, and its steps above the minimum. */
interface End {
  readonly value: number
  readonly steps: number
}

function endsOf(column: NumberColumn): { readonly low: End; readonly high: End } {
  const min = stepsOfText(column.min, column.places)
  const end = (value: number): End => {
    const { floor, rest } = decimalInSteps(decimalOfNumber(value), column.places)
    return { value, steps: floor + (rest === 'half or above' ? 1 : 0) - min }
  }
  const [low, high] = column.ends ?? [Number(column.min), Number(column.max)]
  return { low: end(low), high: end(high) }
}

function numberReader(feature: NumberFeature, sink: Sink, format: CellFormat, decide: Decide): Reader {
  const { places, missing, ends } = feature
  const min = stepsOfText(feature.min, places)
  const max = stepsOfText(feature.max, places)
  const { low, high } = endsOf(feature)
  const absent: Reader = (_, out, stride, at) => {
    if (missing.policy === 'refuse') return problems.missing
    return missing.policy === 'keep' ? null : take(missing.value, out, stride, at)
  }
  const absentBy = (decision: Decision): Reader => {
    return (text, out, stride, at) => {
      decide(decision)
      return absent(text, out, stride, at)
    }
  }
  const [missed, invalid, outside] = [absentBy('missing'), absentBy('invalid'), absentBy('outside')]
  const wrong: Reader = (text, out, stride, at) =>
    feature.invalid === 'missing' ? invalid(text, out, stride, at) : problems.notANumber
  const take: Reader = (text, out, stride, at) => {
    const steps = textInSteps(text, places)
    if (steps === null) return wrong(text, out, stride, at)
    const { floor, rest } = steps
    // The value itself is in [floor, floor + 1) and must be in the range before it is rounded. Ends that lie between
    // steps are doubles, and compared as such.
    const below = floor < min || (ends !== undefined && Number(text) < low.value)
    const above = floor > max || (floor === max && rest !== 'none') || (ends !== undefined && Number(text) > high.value)
    if (below || above) {
      if (feature.outside === 'refuse') return problems.range
      if (feature.outside === 'missing') return outside(text, out, stride, at)
      decide(below ? 'below' : 'above')
      const end = below ? low : high
      write(end.steps, sink, out, stride, at)
      return end.value
    }
    if (rest !== 'none' && feature.finer === 'refuse') return problems.precision
    write(floor - min + (rest === 'half or above' ? 1 : 0), sink, out, stride, at)
    return Number(text)
  }
  return (cell, out, stride, at) => {
    const text = cell.trim()
    const first = text.charCodeAt(0)
    // No text that stands for a missing value begins with a digit.
    if (!(first >= 48 && first <= 57) && isMissingText(text)) return missed(text, out, stride, at)
    if (format.decimalMark === '.') return take(text, out, stride, at)
    // With a decimal comma a point would be a thousands separator: not a number here.
    return text.includes('.') ? wrong(text, out, stride, at) : take(text.replace(',', '.'), out, stride, at)
  }
}

/** A category's level: its indicators are set. Null is missing. */
function levelTaker(column: CategoryColumn, sink: Sink, decide: Decide) {
  const { missing, unknown } = column
  const levels = new Set(column.levels)
  const set = (level: string, out: Float64Array, stride: number, at: number): string => {
    write(0, sink, out, stride, at)
    const hit = sink.ofLevel.get(level)
    if (hit !== undefined) out[hit * stride + at] = sink.unit
    return level
  }
  const absent = (out: Float64Array, stride: number, at: number): Value | Problem => {
    if (missing.policy === 'refuse') return problems.missing
    return missing.policy === 'keep' ? null : set(missing.value, out, stride, at)
  }
  return (level: string | null, out: Float64Array, stride: number, at: number): Value | Problem => {
    if (level === null) {
      decide('missing')
      return absent(out, stride, at)
    }
    if (levels.has(level)) return set(level, out, stride, at)
    if (unknown === 'refuse') return problems.level
    decide('unknown')
    if (unknown === 'reference') return set(level, out, stride, at)
    return unknown === 'missing' ? absent(out, stride, at) : set(unknown.level, out, stride, at)
  }
}

function categoryReader(feature: CategoryFeature, sink: Sink, decide: Decide): Reader {
  const levels = new Set(feature.levels)
  const written = writtenAlike(feature.levels)
  const take = levelTaker(feature, sink, decide)
  return (cell, out, stride, at) => {
    if (levels.has(cell)) return take(cell, out, stride, at)
    const trimmed = cell.trim()
    const level = levels.has(trimmed) ? trimmed : (written.get(canonical(trimmed)) ?? trimmed)
    return take(!levels.has(level) && isMissingText(level) ? null : level, out, stride, at)
  }
}

/** A text without what nobody sees: its characters composed, and none that are invisible. */
function canonical(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/[\u00a0\u2007\u202f]/g, ' ')
    .trim()
}

/** The levels by what is seen of them, where that is one's alone. */
function writtenAlike(levels: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const several = new Set<string>()
  for (const level of levels) {
    const seen = canonical(level)
    if (found.has(seen)) several.add(seen)
    found.set(seen, level)
  }
  for (const seen of several) found.delete(seen)
  return found
}

function derivedNumber(column: Extract<Derived, { type: 'number' }>, sink: Sink, decide: Decide): Maker {
  const { missing, places } = column
  const unit = Number(`1e${Math.abs(places)}`)
  const inSteps = (value: number): number => (places < 0 ? value / unit : value * unit)
  const min = stepsOfText(column.min, places)
  const max = stepsOfText(column.max, places)
  const noise = stepNoise(Math.max(Math.abs(min), Math.abs(max)))
  const { low, high } = endsOf(column)
  const encoded = sink.inputs.length > 0
  return (evaluate, values, out, stride, at) => {
    let value = evaluate(values)
    if (typeof value === 'string') return problems.notANumber
    if (value !== null && !(value >= low.value && value <= high.value)) {
      if (column.outside === 'refuse') return problems.range
      decide(column.outside === 'missing' ? 'outside' : value < low.value ? 'below' : 'above')
      value = column.outside === 'missing' ? null : value < low.value ? low.value : high.value
    } else if (value === null && missing.policy === 'impute') decide('missing')
    if (value === null) {
      if (missing.policy === 'refuse') return problems.missing
      if (missing.policy === 'keep') return null
      value = Number(missing.value)
    }
    if (encoded) {
      const steps = inSteps(value)
      const whole = Math.round(steps)
      if (column.finer === 'refuse' && Math.abs(steps - whole) > noise) return problems.precision
      write(whole - min, sink, out, stride, at)
    }
    return value
  }
}

function derivedCategory(column: Extract<Derived, { type: 'category' }>, sink: Sink, decide: Decide): Maker {
  const take = levelTaker(column, sink, decide)
  return (evaluate, values, out, stride, at) => {
    const value = evaluate(values)
    return take(value === null ? null : String(value), out, stride, at)
  }
}

/** What a column takes, from the public card alone. */
export function expectedOf(column: Column): Expected {
  return expectation(column, 'cell/level')
}

function expectation(column: Column, code: CellProblem['code']): ExpectedLevel | ExpectedNumber {
  const missing = code === 'cell/missing'
  if (column.type === 'category') {
    return { kind: 'level', missing, levels: column.levels.slice(0, 12), count: column.levels.length }
  }
  const { min, max, unit } = column
  const step = code === 'cell/precision' ? Number(`1e${-column.places}`) : undefined
  return { kind: 'number', missing, min, max, unit, step }
}
