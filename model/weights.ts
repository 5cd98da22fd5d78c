import { fail } from '../core/errors.ts'
import type { ModelColumn, ModelFile } from './modelFile.ts'

/** A model file's terms by head and column, before any of them becomes an integer. */

/** Per column that a term of the head names, a number's weight or a category's weight per level. */
export type ColumnWeights = ReadonlyMap<
  number,
  { readonly value: number; readonly levels: ReadonlyMap<string, number> }
>

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
      fail('model/invalid', `Term ${t + 1} names the feature "${term.feature}", which the file does not describe.`)
    const before = weights.get(index)
    const slot = before ?? { value: 0, levels: new Map<string, number>() }
    weights.set(index, slot)
    if (column.type === 'category') {
      if (term.level === undefined)
        fail('model/invalid', `Term ${t + 1} needs a level: "${term.feature}" is a category.`)
      if (!levelsOf(index).has(term.level))
        fail('model/invalid', `Term ${t + 1}: "${term.feature}" has no level "${term.level}".`)
      if (slot.levels.has(term.level))
        fail('model/invalid', `Term ${t + 1} repeats the level "${term.level}" of "${term.feature}".`)
      slot.levels.set(term.level, term.weight)
    } else {
      if (term.level !== undefined)
        fail('model/invalid', `Term ${t + 1} has a level, but "${term.feature}" is a number.`)
      if (before) fail('model/invalid', `Term ${t + 1} repeats the feature "${term.feature}".`)
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
    if (index.has(name)) fail('model/invalid', `The name "${name}" stands twice.`)
    index.set(name, i)
  })
  return index
}
