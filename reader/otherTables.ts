import { plainName } from '../core/card/columnName.ts'
import { isNumber } from './layout.ts'
import { noColumn, ownColumns, type Plan } from './plan.ts'

/**
 * Other tables in the same file: exports put one below another, each under a header of its own. Its rows are not the records
 * that the header above was matched with, however well they fit its columns.
 */

export interface TableWatch {
  /** Takes the next row, and says whether it belongs to another table: its header, or what stands below that. */
  isOther(cells: readonly string[], afterBlank: boolean): boolean
  /** Whether the rows from here on do. */
  readonly within: boolean
}

const none: TableWatch = { isOther: () => false, within: false }

/** `within`: the rows begin in another table. A table of which no header is known has no other ones beside it. */
export function watchTables(plan: Pick<Plan, 'width'> & Partial<Plan>, within: boolean): TableWatch {
  const { card, columns: fed, header, tables } = plan
  if (!card || !fed || !header || plan.format?.header === 0 || tables === 'score') return none
  const names = new Set([
    ...header.filter((name) => name.trim() !== '').map(plainName),
    ...card.features.flatMap(({ name, label, aliases }) =>
      [name, ...(label ? [label] : []), ...aliases].map(plainName),
    ),
  ])
  const own = header.map(plain)
  const columns = ownColumns({ columns: fed })
  const numbers = fed.filter((column, f) => column !== noColumn && card.features[f]?.type === 'number')
  const known = card.features.flatMap((feature, f) =>
    feature.type === 'category' && fed[f] !== noColumn ? [[fed[f] as number, new Set(feature.levels)] as const] : [],
  )
  // Units and translations stand below a header, before the first record.
  let begun = within
  let inside = within

  const isOwn = (cells: readonly string[]): boolean => repeatsHeader(cells, own, columns)
  const isOther = (cells: readonly string[], afterBlank: boolean): boolean => {
    const texts = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
    if (texts.length < 2 || texts.some(isNumber)) return false
    if (new Set(texts.map((text) => text.toLowerCase())).size < texts.length) return false
    if (known.some(([column, levels]) => levels.has((cells[column] ?? '').trim()))) return false
    const named = texts.filter((text) => names.has(plainName(text))).length
    if (named >= 2 && 2 * named >= texts.length) return true
    if (texts.length < Math.max(3, 0.7 * cells.length)) return false
    if (numbers.length === 0) return afterBlank && named > 0
    if (!numbers.every((column) => isWord(cells[column] ?? ''))) return false
    return afterBlank || numbers.length > 2 || (numbers.length === 2 && named > 0)
  }

  return {
    get within() {
      return inside
    },
    isOther(cells, afterBlank) {
      // A record has a value where the model wants a number, or a word that the model knows: most are told by their first such cell.
      const first = cells[numbers[0] ?? known[0]?.[0] ?? 0] ?? ''
      const isValue = numbers.length > 0 ? !isWord(first) : (known[0]?.[1].has(first.trim()) ?? false)
      if (isValue) {
        begun ||= first.trim() !== ''
        return inside
      }
      if (isOwn(cells)) begun = inside = false
      else if (begun && isOther(cells, afterBlank)) inside = true
      return inside
    },
  }
}

/** The header again, whatever stands beside it: a page's number, say. */
export function repeatsHeader(cells: readonly string[], names: readonly string[], columns: readonly number[]): boolean {
  if (cells.every((cell, c) => plain(cell) === names[c])) return true
  return columns.length > 1 && columns.every((column) => plain(cells[column] ?? '') === names[column])
}

export function plain(cell: string): string {
  return cell.trim().toLowerCase()
}

/** What begins with a letter: no number, no mark for a missing one. */
function isWord(cell: string): boolean {
  const first = cell.charCodeAt(0)
  if (first >= 43 && first <= 57) return false
  return (
    /^\p{L}/u.test(cell.trim()) &&
    !/^(?:n\.?\/?a|nan|null|none|nil|missing|unknown|inf(?:inity)?)\.?$/i.test(cell.trim())
  )
}
