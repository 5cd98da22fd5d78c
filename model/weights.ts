import { fail } from './faults.ts'
import type { ModelColumn, ModelFile } from './modelFile.ts'

/** A model file's terms by head and column, before any of them becomes an integer. */

/** A number's weight, or a category's weight per level. */
export interface ColumnWeight {
  readonly value: number
  readonly levels: ReadonlyMap<string, number>
}

/** Per column that a term of the head names. */
export type ColumnWeights = ReadonlyMap<number, ColumnWeight>

/** One head's terms by column. Throws `model/invalid` for a term that does not fit the columns. */
export function weightsOfHead(
  terms: ModelFile['heads'][number]['terms'],
  columns: readonly ModelColumn[],
  indexOf: ReadonlyMap<string, number>,
  levelsOf: (column: number) => ReadonlyMap<string, number>,
): ColumnWeights {
  const weights = new Map<number, { value: number; levels: Map<string, number> }>()
  for (const [t, term] of terms.entries()) {
    const index = indexOf.get(term.feature)
    const column = columns[index ?? -1]
    if (index === undefined || column === undefined)
      fail('model/invalid', 'termFeature', { term: t + 1, feature: term.feature })
    const before = weights.get(index)
    const slot = before ?? { value: 0, levels: new Map<string, number>() }
    weights.set(index, slot)
    if (column.type === 'category') {
      if (term.level === undefined) fail('model/invalid', 'termNeedsLevel', { term: t + 1, feature: term.feature })
      if (!levelsOf(index).has(term.level))
        fail('model/invalid', 'termLevel', { term: t + 1, feature: term.feature, level: term.level })
      if (slot.levels.has(term.level))
        fail('model/invalid', 'termLevelTwice', { term: t + 1, feature: term.feature, level: term.level })
      slot.levels.set(term.level, term.weight)
    } else {
      if (term.level !== undefined) fail('model/invalid', 'termOfNumber', { term: t + 1, feature: term.feature })
      if (before) fail('model/invalid', 'termTwice', { term: t + 1, feature: term.feature })
      slot.value = term.weight
    }
  }
  return weights
}

/** The columns that a term of some head names. */
export function seenColumns(weights: readonly ColumnWeights[]): ReadonlySet<number> {
  return new Set(weights.flatMap((head) => [...head.keys()]))
}

/** Where each name stands. Throws `model/invalid` for a name that stands twice. */
export function uniqueIndex(names: readonly string[]): Map<string, number> {
  const index = new Map<string, number>()
  names.forEach((name, i) => {
    if (index.has(name)) fail('model/invalid', 'nameTwice', { name })
    index.set(name, i)
  })
  return index
}
