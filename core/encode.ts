import type { Card, CardBody, CategoryFeature, Feature, NumberFeature } from './card.ts'
import { textInSteps } from './decimal.ts'
import type { ErrorCode } from './errors.ts'
import { stepsOfText } from './features.ts'

/**
 * Encoding: a record's cells become unsigned integers x_j in [0, X_j], one per input of the card.
 * Every cell that cannot be encoded is a problem with a code; none is ever 0 by accident.
 */

/** What is wrong with a cell. Holds no value: the page shows the cell's own text beside it. */
export interface CellProblem {
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
  const inputsOfFeature = card.features.map(() => [] as number[])
  card.inputs.forEach((input, j) => {
    inputsOfFeature[input.feature]?.push(j)
  })
  const writers = card.features.map((feature, f) =>
    feature.type === 'number'
      ? numberWriter(feature, inputsOfFeature[f] ?? [], format)
      : categoryWriter(feature, levelInputs(card, f)),
  )
  return {
    encode(cells, out, stride, at) {
      let problems = none as CellProblem[]
      for (let f = 0; f < writers.length; f++) {
        const code = (writers[f] as Writer)((cells[f] ?? '').trim(), out, stride, at)
        if (code === null) continue
        if (problems === none) problems = []
        problems.push({ feature: f, code, expected: expectation(card.features[f] as Feature, code) })
      }
      return problems
    },
  }
}

type Writer = (cell: string, out: Float64Array, stride: number, at: number) => CellProblem['code'] | null

function numberWriter(feature: NumberFeature, inputs: readonly number[], format: CellFormat): Writer {
  const min = stepsOfText(feature.min, feature.places)
  const max = stepsOfText(feature.max, feature.places)
  return (cell, out, stride, at) => {
    let text = cell
    if (missingTexts.has(cell)) {
      if (feature.missing.policy === 'refuse') return 'cell/missing'
      text = feature.missing.value
    } else if (format.decimalMark === ',') {
      // With a decimal comma a point would be a thousands separator: not a number here.
      if (text.includes('.')) return 'cell/not-a-number'
      text = text.replace(',', '.')
    }
    const steps = textInSteps(text, feature.places)
    if (steps === null) return 'cell/not-a-number'
    const { floor, rest } = steps
    // The value itself is in [floor, floor + 1); it must be in [min, max] before it is rounded.
    if (floor < min || floor > max || (floor === max && rest !== 'none')) return 'cell/range'
    if (rest !== 'none' && feature.finer === 'refuse') return 'cell/precision'
    const x = floor - min + (rest === 'half or above' ? 1 : 0)
    for (const j of inputs) out[j * stride + at] = x
    return null
  }
}

function categoryWriter(feature: CategoryFeature, inputOfLevel: ReadonlyMap<string, number>): Writer {
  const levels = new Set(feature.levels)
  const inputs = [...inputOfLevel.values()]
  return (cell, out, stride, at) => {
    let level: string | null = cell
    if (!levels.has(cell)) {
      if (missingTexts.has(cell)) {
        if (feature.missing.policy === 'refuse') return 'cell/missing'
        level = feature.missing.value
      } else {
        if (feature.unknown === 'refuse') return 'cell/level'
        level = null
      }
    }
    for (const j of inputs) out[j * stride + at] = 0
    const hit = level === null ? undefined : inputOfLevel.get(level)
    if (hit !== undefined) out[hit * stride + at] = 1
    return null
  }
}

function levelInputs(card: Card | CardBody, f: number): Map<string, number> {
  const feature = card.features[f] as CategoryFeature
  const inputs = new Map<string, number>()
  card.inputs.forEach((input, j) => {
    if (input.kind === 'level' && input.feature === f) inputs.set(feature.levels[input.level] ?? '', j)
  })
  return inputs
}

function expectation(feature: Feature, code: CellProblem['code']): string {
  if (feature.type === 'category') {
    const shown = feature.levels.slice(0, 12).join(', ')
    const levels = feature.levels.length > 12 ? `${shown}, … (${feature.levels.length} levels)` : shown
    return code === 'cell/missing' ? `a level is required: ${levels}` : `one of: ${levels}`
  }
  const range = `${feature.min} to ${feature.max}${feature.unit ? ` ${feature.unit}` : ''}`
  if (code === 'cell/precision') return `a number from ${range}, in steps of ${Number(`1e${-feature.places}`)}`
  return code === 'cell/missing' ? `a number is required: ${range}` : `a number from ${range}`
}
