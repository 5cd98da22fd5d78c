import type { Card } from '../core/card/card.ts'
import { contradict, plainName } from '../core/card/columnName.ts'
import { givenValues } from './givenValues.ts'
import type { Preview } from './inspect.ts'
import type { Repair } from './repairs.ts'

/** How a model's features find their columns in a file. */

export interface Match {
  /** Index of the feature on the card. */
  readonly feature: number
  /** Index of the column in the file, or null while there is none. */
  readonly column: number | null
  readonly how: 'name' | 'alias' | 'chosen' | 'kept' | 'none' | 'ambiguous' | 'taken'
}

/**
 * Matches by name first, then by alias; case, white space and punctuation do not count. A name that two columns
 * share is left to the person.
 */
export function matchColumns(card: Card, header: readonly string[]): Match[] {
  const columnsOf = new Map<string, number[]>()
  header.forEach((name, i) => {
    const key = plainName(name)
    columnsOf.set(key, [...(columnsOf.get(key) ?? []), i])
  })
  const find = (names: readonly string[]): number[] => {
    const exact = header.flatMap((name, i) => (names.includes(name) ? [i] : []))
    if (exact.length > 0) return exact
    const alike = (name: string): readonly number[] => columnsOf.get(plainName(name)) ?? []
    return [
      ...new Set(names.flatMap((name) => alike(name).filter((column) => !contradict(name, header[column] ?? '')))),
    ]
  }
  const matches = card.features.map((feature, f): Match => {
    const byName = find([feature.name])
    const found = byName.length > 0 ? byName : find([...feature.aliases, ...(feature.label ? [feature.label] : [])])
    const how = byName.length > 0 ? 'name' : 'alias'
    if (found.length === 1) return { feature: f, column: found[0] as number, how }
    return { feature: f, column: null, how: found.length > 1 ? 'ambiguous' : 'none' }
  })
  return matches.map((match) => withoutRival(match, matches))
}

/** No column feeds two features unasked: one that has the name keeps it, and among others a person chooses. */
function withoutRival(match: Match, matches: readonly Match[]): Match {
  const rivals = matches.filter(({ feature, column }) => feature !== match.feature && column === match.column)
  if (match.column === null || rivals.length === 0) return match
  const alone = match.how === 'name' && rivals.every(({ how }) => how !== 'name')
  return alone ? match : { ...match, column: null, how: 'ambiguous' }
}

/** Whether a feature's column was found by what the file calls it, so that nobody has to look at it. */
export function isFoundByName({ column, how }: Match): boolean {
  return column !== null && (how === 'name' || how === 'alias')
}

/** The features that have neither a column nor one value for every record. */
export function unmatched(card: Card, matches: readonly Match[], repairs: readonly Repair[] = []): string[] {
  const given = givenValues(repairs)
  return matches.flatMap(({ feature, column }) =>
    column === null && !given.has(feature) ? [card.features[feature]?.name ?? ''] : [],
  )
}

/** The matches, with the columns that a person had chosen before for features that have none. */
export function keepChosen(matches: readonly Match[], before: readonly Match[], columns: number): Match[] {
  const used = new Set(matches.map(({ column }) => column))
  return matches.map((match) => {
    const chosen = before.find(({ feature, how }) => feature === match.feature && how === 'chosen')
    if (match.column !== null || chosen?.column == null || chosen.column >= columns) return match
    return used.has(chosen.column) ? match : chosen
  })
}

/** Feeds a feature from a column, or from none. A column that another feature had is taken from it. */
export function rematch(matches: readonly Match[], feature: number, column: number | null): Match[] {
  return matches.map((match) => {
    if (match.feature === feature) return { feature, column, how: column === null ? 'none' : 'chosen' }
    return column !== null && match.column === column ? { ...match, column: null, how: 'taken' } : match
  })
}

/** Columns that no feature takes: they never leave this browser. */
export function unusedColumns(header: readonly string[], matches: readonly Match[]): number[] {
  const used = new Set(matches.map((match) => match.column))
  return header.flatMap((_, i) => (used.has(i) ? [] : [i]))
}

/**
 * Whether a header may be the first record, so that somebody has to say what it is: it holds values where no column was found
 * by its name, or what was chosen takes its own name for a value.
 */
export function headerInDoubt(
  card: Card,
  { header, headerMayBeRecord }: { readonly header: readonly string[]; readonly headerMayBeRecord: boolean },
  matches: readonly Match[],
): boolean {
  if (matches.some(isFoundByName)) return false
  return (
    headerMayBeRecord || matches.some(({ feature, column }) => column !== null && takes(card, feature, header[column]))
  )
}

/**
 * Whether what stands before each row's cells may be no name of it, so that somebody has to say: a number that its own comma
 * cuts in two, or a remark at a row's end, makes rows one cell longer than the header as well. Names they are where the
 * header's first column is a feature's that would not take them, or where they count the rows.
 */
export function rowNamesInDoubt(
  card: Card,
  { format, rows }: Pick<Preview, 'format' | 'rows'>,
  matches: readonly Match[],
): boolean {
  if (!format.rowNames) return false
  const first = matches.find(({ column, how }) => column === 1 && (how === 'name' || how === 'alias'))
  if (!first) return true
  const names = rows.map((row) => (row[0] ?? '').trim())
  const counts = ['0', '1'].includes(names[0] ?? '') && names.every((name, i) => Number(name) === Number(names[0]) + i)
  return !counts && names.some((name) => takes(card, first.feature, name))
}

/**
 * Whether the last column, which has no name, may hold what a cut number pushed there: "5,5" makes two cells of whole numbers,
 * and each column after it is another one's. A column of the model with values that it knows is in its place.
 */
export function unnamedInDoubt(
  card: Card,
  { format, header, rows }: Pick<Preview, 'format' | 'header' | 'rows'>,
  matches: readonly Match[],
): boolean {
  const last = header.length - 1
  if (format.header === 0 || format.delimiter !== ',' || last < 1 || (header[last] ?? '').trim() !== '') return false
  const full = rows.filter((row) => (row[last] ?? '').trim() !== '')
  if (full.length === 0) return false
  const most = (holds: (row: readonly string[]) => boolean) => 2 * full.filter(holds).length > full.length
  const placed = matches.flatMap(({ feature, column }) => (column === null ? [] : [{ feature, column }]))
  const inPlace = placed.filter(({ feature, column }) => {
    const found = card.features[feature]
    return found?.type === 'category' && most((row) => found.levels.includes((row[column] ?? '').trim()))
  })
  const from = Math.max(-1, ...inPlace.map(({ column }) => column))
  const to = Math.max(-1, ...placed.map(({ column }) => column))
  for (let c = from + 1; c < Math.min(last, to + 1); c++) {
    if (most((row) => /^\s*[+-]?\d+$/.test(row[c] ?? '') && /^\d+\s*$/.test(row[c + 1] ?? ''))) return true
  }
  return false
}

function takes(card: Card, f: number, cell = ''): boolean {
  const feature = card.features[f]
  if (feature?.type === 'category') return feature.levels.some((level) => plainName(level) === plainName(cell))
  return /^\s*[+-]?[\d.,]+\s*$/.test(cell)
}
