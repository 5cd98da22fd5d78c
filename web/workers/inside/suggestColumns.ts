import type { Card, Feature } from '../../../core/card.ts'
import { makeEncoder } from '../../../core/encode.ts'
import type { FileFormat } from './format.ts'
import { alikeness, plainText } from './spelling.ts'

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
    const takes = taker(card, feature, table.format)
    for (const column of columns) {
      const name = nameAlike(feature, table.header[column] ?? '')
      if (name < leastName) continue
      const cells = table.rows.map((row) => row[column] ?? '').filter((cell) => cell.trim() !== '')
      const fit = cells.length === 0 ? 0 : cells.filter(takes).length / cells.length
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

function wordsShared(a: string, b: string): number {
  const [x, y] = [words(a), words(b)]
  const shared = x.filter((word) => y.includes(word) && word.length > 1).length
  const fewer = Math.min(x.length, y.length)
  return fewer > 0 && shared === fewer ? 0.6 + (0.35 * fewer) / Math.max(x.length, y.length) : 0
}

/** "annualIncome (EUR)" is annual, income, eur. */
function words(name: string): string[] {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .map(plainText)
    .filter((word) => word !== '')
}

function taker(card: Card, feature: Feature, format: FileFormat): (cell: string) => boolean {
  const encoder = makeEncoder({ ...card, features: [feature], derived: [], inputs: [] }, format)
  const none = new Float64Array(0)
  return (cell) => encoder.encode([cell], none, 1, 0).length === 0
}
