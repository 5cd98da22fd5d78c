import { errorOf, fail } from './faults.ts'
import type { ReaderNote } from './notes.ts'
import { CsvBuilder, type ReadTable } from './plainCsv.ts'
import { mostColumns } from './records.ts'
import { readSheetRows, type SheetRows } from './sheetRows.ts'
import { openWorkbook } from './workbook.ts'

/** A workbook is unpacked whole, so its size is bounded. */
const mostBytes = 64 * 1024 * 1024

/**
 * A sheet of an .xlsx workbook, each row of it on its line: the one that is asked for, else the visible one with the most
 * cells. Rows that the workbook hides are left out unless they are asked for.
 * Throws `file/row-too-long` for a workbook that is too large, `file/not-text` for an archive of another kind and `file/empty`.
 */
export async function readSheet(file: Blob, chosen: number | null, hiddenRows = false): Promise<ReadTable> {
  if (file.size > mostBytes) fail('file/row-too-long', 'workbookTooLarge')
  const bytes = new Uint8Array(await file.arrayBuffer())
  const { sheets, read, sheet } = attempt(() => {
    const book = openWorkbook(bytes)
    const read = book.sheets.map((_, i) => (chosen === null || i === chosen ? readSheetRows(book, i) : null))
    return { sheets: book.sheets, read, sheet: chosen ?? fullest(read, book.sheets) }
  })
  const found = read[sheet]
  const written = found && csvOf(found, hiddenRows)
  if (!found || !written) return fail('file/empty', 'emptySheet')
  const hidden = sheets[sheet]?.hidden ? [{ note: 'hiddenSheet', facts: {} } as const] : []
  const others = sheets.flatMap(({ name }, i) => (i !== sheet && seenRows(read[i], sheets[i]) > 0 ? [name] : []))
  const chose =
    others.length > 0 ? [{ note: 'sheetOf', facts: { name: sheets[sheet]?.name ?? '', others } } as const] : []
  return {
    ...written,
    markedTexts: [...found.markedTexts],
    notes: [...chose, ...hidden, ...notesOf(found, hiddenRows)],
    sheets: sheets.map(({ name }) => name),
    sheet,
    hiddenSheets: sheets.flatMap((each, i) => (each.hidden ? [i] : [])),
    hiddenRows: hiddenCount(found),
    readHidden: hiddenRows,
  }
}

function attempt<T>(read: () => T): T {
  try {
    return read()
  } catch {
    throw errorOf('file/not-text', 'notAWorkbook')
  }
}

/**
 * The sheet with the most cells, a hidden one only where all others are empty. Few records may have fewer rows than what
 * another sheet says about them, as in the workbooks of scores that are written here.
 */
function fullest(read: readonly (SheetRows | null)[], sheets: readonly { readonly hidden: boolean }[]): number {
  const sizes = read.map(cellCount)
  const seen = sizes.map((cells, i) => (sheets[i]?.hidden ? 0 : cells))
  const of = Math.max(...seen) > 0 ? seen : sizes
  return Math.max(0, of.indexOf(Math.max(...of)))
}

function cellCount(read: SheetRows | null): number {
  let count = 0
  for (const row of read?.rows ?? []) for (const cell of row ?? []) if (cell !== undefined && cell !== '') count += 1
  return count
}

/** How many rows a sheet shows: none where it is hidden itself. */
function seenRows(read: SheetRows | null | undefined, sheet?: { readonly hidden: boolean }): number {
  return sheet?.hidden ? 0 : (read?.rows.filter(Boolean).length ?? 0)
}

/** A sheet as text, with the lines of its totals; null where it has no cells. */
function csvOf({ rows, hidden, totals }: SheetRows, hiddenRows: boolean): Pick<ReadTable, 'csv' | 'totals'> | null {
  const width = Math.min(
    mostColumns,
    rows.reduce((most, row) => Math.max(most, row?.length ?? 0), 0),
  )
  if (width === 0) return null
  const csv = new CsvBuilder()
  const lines: number[] = []
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]
    if (totals.has(r)) lines.push(csv.line)
    // A row without cells keeps its line, so that lines are the rows of the sheet.
    if (!row || (hidden.has(r) && !hiddenRows)) csv.add([])
    else csv.add(Array.from({ length: width }, (_, c) => row[c]))
  }
  return { csv: csv.finish(), totals: lines }
}

function hiddenCount({ rows, hidden }: SheetRows): number {
  return [...hidden].filter((row) => rows[row] !== undefined).length
}

function notesOf(read: SheetRows, hiddenRows: boolean): ReaderNote[] {
  const { merged, errors, unsaved } = read
  const hidden = hiddenCount(read)
  return [
    ...(hidden > 0 ? [{ note: 'hiddenRows', facts: { count: hidden, isRead: hiddenRows } } as const] : []),
    ...(merged > 0 ? [{ note: 'mergedCells', facts: { count: merged } } as const] : []),
    ...(errors > 0 ? [{ note: 'errorCells', facts: { count: errors } } as const] : []),
    ...(unsaved > 0 ? [{ note: 'formulasWithoutValue', facts: { count: unsaved } } as const] : []),
  ]
}
