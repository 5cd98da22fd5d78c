import type { Column } from './columns.ts'
import type { Linear } from './element.ts'
import type { Run } from './run.ts'

/**
 * The indicators of `levels` in a column of texts or whole numbers: 1 where its text is the level, else 0. A value that
 * is no level is refused, or has all indicators 0, as the operator has it; refusing wins where operators differ.
 */
export function indicators(run: Run, of: Column, levels: readonly string[], unknown: 'refuse' | 'reference'): Column[] {
  const [inner] = of.args
  // The number of a bin is its label's number: the label itself is the category.
  const isBin = of.op === 'number' && typeof inner === 'object' && inner?.op === 'bin'
  const source = isBin ? (inner as Column) : of
  const category = run.categories.get(source) ?? { levels: new Set(), unknown }
  for (const level of levels) category.levels.add(level)
  if (unknown === 'refuse') category.unknown = unknown
  run.categories.set(source, category)
  return levels.map((level) => run.columns.make('indicator', [source, level]))
}

/** An entry of a table, by a column's whole number: a weight per level, so the table stays private. */
export function entry(run: Run, of: Column, table: ArrayLike<number>): Linear {
  const levels = Array.from({ length: table.length }, (_, i) => String(i))
  const terms = new Map<Column, number>()
  indicators(run, of, levels, 'refuse').forEach((indicator, i) => void terms.set(indicator, table[i] as number))
  return { kind: 'linear', constant: 0, terms }
}
