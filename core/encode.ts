import type { Card, CardBody, CategoryFeature, Column, Derived, Feature, NumberFeature } from './card.ts'
import { stepsOfText } from './columns.ts'
import { textInSteps } from './decimal.ts'
import type { ErrorCode } from './errors.ts'
import { compileExpression, type Evaluate, type Value } from './evaluate.ts'
import { columnsOf } from './expression.ts'

/**
 * Encoding: a record's cells become unsigned integers x_j in [0, X_j], one per input of the card.
 * Every cell that cannot be encoded is a problem with a code; none is ever 0 by accident.
 */

/** What is wrong with a cell. Holds no value: the page shows the cell's own text beside it. */
export interface CellProblem {
  /** The feature whose cell it is; for a derived column the first feature that it comes from. */
  readonly feature: number
  readonly code: Extract<ErrorCode, `cell/${string}`>
  /** What would be right, from the public card. */
  readonly expected: string
}

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
}

const missingTexts: ReadonlySet<string> = new Set(['', 'NA', 'N/A', '#N/A', 'NaN', 'nan', 'null', 'NULL'])
const none: readonly CellProblem[] = []

/** The encoder of a card. Prepared once, used for every record. */
export function makeEncoder(card: Card | CardBody, format: CellFormat = { decimalMark: '.' }): Encoder {
  const columns: readonly Column[] = [...card.features, ...card.derived]
  const indexOf = new Map(columns.map((column, c) => [column.name, c]))
  const sinks = columns.map((_, c) => sinkOf(card, c))
  const readers = card.features.map((feature, f) =>
    feature.type === 'number'
      ? numberReader(feature, sinks[f] as Sink, format)
      : categoryReader(feature, sinks[f] as Sink),
  )
  const makers = card.derived.map((column, d) => {
    const at = card.features.length + d
    const evaluate = compileExpression(column.expression, indexOf)
    const make =
      column.type === 'number' ? derivedNumber(column, sinks[at] as Sink) : derivedCategory(column, sinks[at] as Sink)
    return { column, evaluate, make, feature: firstFeature(card, column), at }
  })
  const values: Value[] = new Array(columns.length).fill(null)
  return {
    encode(cells, out, stride, at) {
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
      for (const { column, evaluate, make, feature, at: c } of makers) {
        const made = make(evaluate, values, out, stride, at)
        if (isProblem(made)) {
          const from = [...columnsOf(column.expression)].join(', ')
          return [
            {
              feature,
              code: made.problem,
              expected: `${column.name}, made of ${from}, to be ${expectation(column, made.problem)}`,
            },
          ]
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

/** Where a column's integers go: its inputs, for a category by level. */
interface Sink {
  readonly inputs: readonly number[]
  readonly ofLevel: ReadonlyMap<string, number>
}

function sinkOf(card: Card | CardBody, c: number): Sink {
  const column = c < card.features.length ? card.features[c] : card.derived[c - card.features.length]
  const inputs: number[] = []
  const ofLevel = new Map<string, number>()
  card.inputs.forEach((input, j) => {
    if (input.column !== c) return
    inputs.push(j)
    if (input.kind === 'level' && column?.type === 'category') ofLevel.set(column.levels[input.level] ?? '', j)
  })
  return { inputs, ofLevel }
}

function numberReader(feature: NumberFeature, sink: Sink, format: CellFormat): Reader {
  const { places, missing } = feature
  const min = stepsOfText(feature.min, places)
  const max = stepsOfText(feature.max, places)
  const [first, last] = [Number(feature.min), Number(feature.max)]
  const encoded = sink.inputs.length > 0
  const write = (x: number, out: Float64Array, stride: number, at: number): void => {
    for (const j of sink.inputs) out[j * stride + at] = x
  }
  const absent: Reader = (_, out, stride, at) => {
    if (missing.policy === 'refuse') return problems.missing
    return missing.policy === 'keep' ? null : take(missing.value, out, stride, at)
  }
  const take: Reader = (text, out, stride, at) => {
    const steps = textInSteps(text, places)
    if (steps === null) return feature.invalid === 'missing' ? absent(text, out, stride, at) : problems.notANumber
    const { floor, rest } = steps
    // The value itself is in [floor, floor + 1); it must be in [min, max] before it is rounded.
    const below = floor < min
    if (below || floor > max || (floor === max && rest !== 'none')) {
      if (feature.outside === 'refuse') return problems.range
      if (feature.outside === 'missing') return absent(text, out, stride, at)
      write(below ? 0 : max - min, out, stride, at)
      return below ? first : last
    }
    if (rest !== 'none' && feature.finer === 'refuse') return problems.precision
    if (encoded) write(floor - min + (rest === 'half or above' ? 1 : 0), out, stride, at)
    return Number(text)
  }
  return (cell, out, stride, at) => {
    const text = cell.trim()
    if (missingTexts.has(text)) return absent(text, out, stride, at)
    if (format.decimalMark === '.') return take(text, out, stride, at)
    // With a decimal comma a point would be a thousands separator: not a number here.
    if (text.includes('.')) return feature.invalid === 'missing' ? absent(text, out, stride, at) : problems.notANumber
    return take(text.replace(',', '.'), out, stride, at)
  }
}

function categoryReader(feature: CategoryFeature | Extract<Derived, { type: 'category' }>, sink: Sink): Reader {
  const { missing, unknown } = feature
  const levels = new Set(feature.levels)
  const write = (level: string, out: Float64Array, stride: number, at: number): void => {
    for (const j of sink.inputs) out[j * stride + at] = 0
    const hit = sink.ofLevel.get(level)
    if (hit !== undefined) out[hit * stride + at] = 1
  }
  const absent: Reader = (_, out, stride, at) => {
    if (missing.policy === 'refuse') return problems.missing
    if (missing.policy === 'keep') return null
    write(missing.value, out, stride, at)
    return missing.value
  }
  return (cell, out, stride, at) => {
    const level = levels.has(cell) ? cell : cell.trim()
    if (levels.has(level)) {
      write(level, out, stride, at)
      return level
    }
    if (missingTexts.has(level)) return absent(level, out, stride, at)
    if (unknown === 'refuse') return problems.level
    if (unknown === 'missing') return absent(level, out, stride, at)
    const other = unknown === 'reference' ? level : unknown.level
    write(other, out, stride, at)
    return other
  }
}

function derivedNumber(column: Extract<Derived, { type: 'number' }>, sink: Sink): Maker {
  const { missing, places } = column
  const unit = 10 ** Math.abs(places)
  const inSteps = (value: number): number => (places < 0 ? value / unit : value * unit)
  const min = stepsOfText(column.min, places)
  const [first, last] = [Number(column.min), Number(column.max)]
  return (evaluate, values, out, stride, at) => {
    let value = evaluate(values)
    if (typeof value === 'string') return problems.notANumber
    if (value !== null && !(value >= first && value <= last)) {
      if (column.outside === 'refuse') return problems.range
      value = column.outside === 'missing' ? null : value < first ? first : last
    }
    if (value === null) {
      if (missing.policy === 'refuse') return problems.missing
      if (missing.policy === 'keep') return null
      value = Number(missing.value)
    }
    if (sink.inputs.length > 0) {
      const steps = inSteps(value)
      const whole = Math.round(steps)
      if (column.finer === 'refuse' && Math.abs(steps - whole) > 1e-6) return problems.precision
      for (const j of sink.inputs) out[j * stride + at] = whole - min
    }
    return value
  }
}

function derivedCategory(column: Extract<Derived, { type: 'category' }>, sink: Sink): Maker {
  const read = categoryReader(column, sink)
  return (evaluate, values, out, stride, at) => {
    const value = evaluate(values)
    return read(value === null ? '' : String(value), out, stride, at)
  }
}

/** The first feature that a derived column comes from, through others where need be. */
function firstFeature(card: Card | CardBody, column: Derived): number {
  for (const name of columnsOf(column.expression)) {
    const f = card.features.findIndex((feature) => feature.name === name)
    if (f >= 0) return f
    const other = card.derived.find((candidate) => candidate.name === name)
    if (other && other !== column) return firstFeature(card, other)
  }
  return 0
}

function expectation(column: Column, code: CellProblem['code']): string {
  if (column.type === 'category') {
    const shown = column.levels.slice(0, 12).join(', ')
    const levels = column.levels.length > 12 ? `${shown}, … (${column.levels.length} levels)` : shown
    return code === 'cell/missing' ? `a level is required: ${levels}` : `one of: ${levels}`
  }
  const range = `${column.min} to ${column.max}${column.unit ? ` ${column.unit}` : ''}`
  if (code === 'cell/precision') return `a number from ${range}, in steps of ${Number(`1e${-column.places}`)}`
  return code === 'cell/missing' ? `a number is required: ${range}` : `a number from ${range}`
}
