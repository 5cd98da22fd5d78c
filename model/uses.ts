import { columnsOf, type Expression } from '../core/card/expression.ts'

/** A column as far as it is made of others. */
export interface MadeColumn {
  readonly name: string
  readonly expression?: Expression | undefined
}

/** Columns and all that they are made of, each once, in the order in which they are computed. */
export function usedBy(
  from: readonly number[],
  columns: readonly MadeColumn[],
  indexOf: ReadonlyMap<string, number>,
): number[] {
  const found = new Set(from)
  const waiting = [...from]
  for (let c = waiting.pop(); c !== undefined; c = waiting.pop()) {
    const { expression } = columns[c] as MadeColumn
    for (const name of expression === undefined ? [] : columnsOf(expression)) {
      const index = indexOf.get(name)
      if (index === undefined || found.has(index)) continue
      found.add(index)
      waiting.push(index)
    }
  }
  return [...found].sort((a, b) => a - b)
}
