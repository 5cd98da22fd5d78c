/**
 * Where a table begins in a file: the one finder of the header, for text and workbooks alike. Exports put titles, dates,
 * comments and blank lines above it, give each row a name that the header does not have, or have no header at all.
 */

type Rows = readonly (readonly string[])[]

/** Rows that show how wide a table is, and among which its header is looked for. */
const sampleRows = 200

export interface TableLayout {
  /** Index of the header among the rows; the first row where nothing tells. */
  readonly header: number
  /** Every row below it has one cell more, the first of which is the row's name. */
  readonly rowNames: boolean
}

/** The header is the first row as wide as most are, and nearly as full as the fullest. */
export function findTable(rows: Rows): TableLayout {
  const first = rows.slice(0, sampleRows)
  const width = usualWidth(first)
  const most = Math.max(0, ...first.filter((row) => row.length === width).map(filled))
  const full = (row: readonly string[]): boolean => filled(row) >= 0.7 * Math.min(most, row.length) && filled(row) > 0
  let header = first.findIndex((row) => row.length === width && full(row) && !isNote(row))
  // A row with nothing below it is the header of nothing.
  if (header < 0 || header === rows.length - 1) return { header: 0, rowNames: false }
  // "# a,b,c" may be a comment, or the header of a program that comments its header out.
  const commented = first[header - 1]
  if (commented && commented.length === width && full(commented) && hasNumber(first[header] ?? [])) header -= 1
  const above = first[header - 1]
  const below = rows.slice(header, sampleRows)
  const isNamed =
    above?.length === width - 1 &&
    width > 2 &&
    full(above) &&
    !hasNumber(above) &&
    below.every((row) => row.length !== width || !row.some((cell) => cell.startsWith(' "'))) &&
    below.some((row) => (row.at(-1) ?? '').trim() !== '')
  if (isNamed) return { header: header - 1, rowNames: true }
  // A header with columns that have no name, above records.
  if (above?.length === width && hasNumber(first[header] ?? []) && isNames(above))
    return { header: header - 1, rowNames: false }
  // A delimiter at the end of the rows alone, or of the header alone.
  const more = (above?.length ?? 0) - width
  const trailing = more === -1 || (more === 1 && above?.at(-1)?.trim() === '')
  const isHeader = trailing && above && full(above) && !hasNumber(above) && width > 2
  return { header: isHeader ? header - 1 : header, rowNames: false }
}

/** Whether a header may be the first record: it has numbers where the rows below it have some. */
export function looksLikeRecord(header: readonly string[], rows: Rows): boolean {
  return header.some((cell, c) => isNumber(cell) && rows.some((row) => isNumber(row[c] ?? '')))
}

/** What programs write above a table for programs: `sep=;`. */
export function isSeparatorLine(row: readonly string[]): boolean {
  return /^"?sep=/i.test(row[0] ?? '') && filled(row) === 1
}

/** A row as wide as the header, where what it has more or less of is nothing. */
export function fitted(row: string[], width: number): string[] {
  let length = row.length
  while (length > width && (row[length - 1] as string).trim() === '') length -= 1
  return length === row.length ? row : row.slice(0, length)
}

/** Names of columns, some of which may have none: a title stands alone in its row. */
function isNames(row: readonly string[]): boolean {
  return !hasNumber(row) && !isNote(row) && filled(row) >= Math.min(2, row.length - 1)
}

function isNote(row: readonly string[]): boolean {
  return isSeparatorLine(row) || /^\s*(?:#|\/\/)/.test(row[0] ?? '')
}

/** The width of the table among what stands above and below it: that of the largest block of rows that are as wide. */
function usualWidth(rows: Rows): number {
  let [width, most] = [rows[0]?.length ?? 0, 0]
  for (let from = 0; from < rows.length; ) {
    const cells = rows[from]?.length ?? 0
    let to = from + 1
    while (to < rows.length && rows[to]?.length === cells) to += 1
    // Lines of one cell are prose, or a table of one column.
    const size = cells === 1 ? 0.5 : to - from > 1 || rows.length < 3 ? cells * (to - from) : 0
    if (size > most) [width, most] = [cells, size]
    from = to
  }
  return width
}

function filled(row: readonly string[]): number {
  return row.reduce((sum, cell) => sum + (cell.trim() === '' ? 0 : 1), 0)
}

function hasNumber(row: readonly string[]): boolean {
  return row.some(isNumber)
}

export function isNumber(cell: string): boolean {
  return /^\s*[+-]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d+)?\s*$/.test(cell)
}
