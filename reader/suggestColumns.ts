import type { Card, Feature } from '../core/card/card.ts'
import { makeEncoder } from '../core/card/encode.ts'
import type { FileFormat } from './format.ts'
import { alikeness, plainText } from './spelling.ts'
import { Mending } from './suggest.ts'

/** A column that may be what a feature needs, for a person to confirm. */
export interface ColumnSuggestion {
  readonly feature: number
  readonly column: number
  /** From 0 to 1, from the names and from how many of the first cells the feature takes. */
  readonly alike: number
}

interface Table {
  readonly format: FileFormat
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const leastName = 0.5
const leastAlike = 0.55
/** More pairs than this take longer than a person waits. */
const mostPairs = 100_000

/** For each of these features at most one of these columns, the likeliest pairs first. */
export function suggestColumns(
  card: Card,
  table: Table,
  features: readonly number[],
  columns: readonly number[],
): ColumnSuggestion[] {
  if (features.length * columns.length > mostPairs) return []
  const pairs: ColumnSuggestion[] = []
  for (const f of features) {
    const feature = card.features[f]
    if (!feature) continue
    const fitOf = fitter(card, feature, table.format)
    for (const column of columns) {
      const name = nameAlike(feature, table.header[column] ?? '')
      if (name < leastName) continue
      const fit = fitOf(table.rows.map((row) => row[column] ?? '').filter((cell) => cell.trim() !== ''))
      const alike = 0.75 * name + 0.25 * fit
      if (alike >= leastAlike) pairs.push({ feature: f, column, alike })
    }
  }
  pairs.sort((a, b) => b.alike - a.alike)
  const usedFeatures = new Set<number>()
  const usedColumns = new Set<number>()
  return pairs.filter(({ feature, column }) => {
    if (usedFeatures.has(feature) || usedColumns.has(column)) return false
    usedFeatures.add(feature)
    usedColumns.add(column)
    return true
  })
}

/** How alike a column's name is to the nearest of a feature's names; one that contains the other counts too. */
function nameAlike(feature: Feature, column: string): number {
  const names = [feature.name, ...feature.aliases, ...(feature.label ? [feature.label] : [])]
  return Math.max(...names.map((name) => Math.max(alikeness(name, column), wordsShared(name, column))))
}

/** How far the words of the shorter name are among the other's, slips of the pen counted in part. */
function wordsShared(a: string, b: string): number {
  const [x, y] = [words(a), words(b)]
  const [fewer, more] = x.length <= y.length ? [x, y] : [y, x]
  const nearest = fewer.map((word) => (word.length < 2 ? 0 : Math.max(...more.map((other) => wordAlike(word, other)))))
  if (fewer.length === 0 || nearest.includes(0)) return 0
  const alike = nearest.reduce((sum, each) => sum + each, 0) / fewer.length
  return alike * (0.6 + (0.35 * fewer.length) / more.length)
}

const leastWord = 0.75

function wordAlike(a: string, b: string): number {
  if (a === b) return 1
  const alike = Math.min(a.length, b.length) > 3 ? alikeness(a, b) : 0
  return alike >= leastWord ? alike : 0
}

/** "annualIncome (EUR)" is annual, income, eur. */
function words(name: string): string[] {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .map(plainText)
    .filter((word) => word !== '')
}

/** Which part of some cells the feature takes, as they stand or as a repair would read them. */
function fitter(card: Card, feature: Feature, format: FileFormat): (cells: readonly string[]) => number {
  const own = { ...card, features: [feature], derived: [], inputs: [] }
  const encoder = makeEncoder(own, format)
  const none = new Float64Array(0)
  return (cells) => {
    if (cells.length === 0) return 0
    const refused = cells.filter((cell) => encoder.encode([cell], none, 1, 0).length > 0)
    const mending = new Mending(own, format)
    for (const cell of refused) mending.note(0, cell)
    const mended = mending.suggestions().reduce((sum, { count }) => sum + count, 0)
    return 1 - Math.max(0, refused.length - mended) / cells.length
  }
}
