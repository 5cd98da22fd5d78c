import type { DesignInput } from './design.ts'
import { fail } from './faults.ts'
import { readableOutcomes, type SealedLayout } from './layout.ts'
import type { StudyFile } from './studyFile.ts'

/**
 * What both sides hold each other to before outcomes are multiplied in. X'y are p exact equations in n outcomes, and whoever
 * seals may seal what it likes within the bits of its slots: then every bit that is opened may be an outcome. So few
 * coefficients, few bits, or outcomes that are randomised.
 */
const leastRecords = 100
const recordsPerColumn = 50
const recordsPerReadable = 4

/** Throws `study/records` and `study/columns`. `columns` counts the intercept. */
export function checkSize(records: number, columns: number): void {
  if (records < leastRecords) fail('study/records', 'studyRecords', { records, least: leastRecords })
  if (records < columns * recordsPerColumn) {
    fail('study/columns', 'studyColumns', { records, columns, most: Math.floor(records / recordsPerColumn) })
  }
}

/** Throws `study/bits` where more single outcomes could be read than a fourth of them. */
export function checkBits(study: StudyFile, { bits }: SealedLayout, records: number): void {
  const readable = readableOutcomes(study, bits)
  if (readable > records / recordsPerReadable) fail('study/bits', 'studyBits', { readable, records })
}

const leastInCell = 5

/**
 * What who seals honours by itself, since the other side sees no column: a sum over fewer records than five is next to their
 * outcomes. Throws `study/cells` for a column that all but so few records have the same value in. `names` are of the columns.
 */
export function checkCells(columns: readonly Float64Array[], names: readonly string[]): void {
  for (const [j, column] of columns.entries()) {
    const counts = new Map<number, number>()
    for (const value of column) counts.set(value, (counts.get(value) ?? 0) + 1)
    const others = column.length - Math.max(...counts.values())
    if (others > 0 && others < leastInCell)
      fail('study/cells', 'studyCells', { column: names[j] ?? '', least: leastInCell })
  }
}

type Indicator = Pick<DesignInput, 'name' | 'level' | 'max' | 'unit'>

/** Whether a column says of each record whether it has something. */
export const isLevel = ({ level, max, unit }: Omit<Indicator, 'name'>): boolean => level !== undefined || max === unit

const leastOutcomes = 3

/** A level whose records nearly all have one outcome would tell it of each. Throws `study/cells`; outcomes are 0 or 1. */
export function checkOutcomes(
  inputs: readonly Indicator[],
  columns: readonly Float64Array[],
  outcomes: Float64Array,
): void {
  for (const [j, input] of inputs.entries()) {
    if (!isLevel(input)) continue
    const own = outcomes.filter((_, i) => (columns[j]?.[i] as number) > 0)
    const events = own.reduce((sum, y) => sum + y, 0)
    if (own.length > 0 && Math.min(events, own.length - events) < leastOutcomes) {
      fail('study/cells', 'poolOutcomes', { column: input.name, least: leastOutcomes })
    }
  }
}
