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
 * rows. Rows that the workbook hides are left out unless they are asked for.
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
  const csv = found && csvOf(found, hiddenRows)
  if (!found || !csv) return fail('file/empty', 'emptySheet')
  const hidden = sheets[sheet]?.hidden ? [{ note: 'hiddenSheet', facts: {} } as const] : []
  return {
    csv,
    notes: [...hidden, ...notesOf(found, hiddenRows)],
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

/** The sheet with the most rows, a hidden one only where all others are empty. */
function fullest(read: readonly (SheetRows | null)[], sheets: readonly { readonly hidden: boolean }[]): number {
  const sizes = read.map((each) => each?.rows.filter(Boolean).length ?? 0)
  const seen = sizes.map((size, i) => (sheets[i]?.hidden ? 0 : size))
  const of = Math.max(...seen) > 0 ? seen : sizes
  return Math.max(0, of.indexOf(Math.max(...of)))
}

function csvOf({ rows, hidden }: SheetRows, hiddenRows: boolean): Blob | null {
  const width = Math.min(
    mostColumns,
    rows.reduce((most, row) => Math.max(most, row?.length ?? 0), 0),
  )
  if (width === 0) return null
  const csv = new CsvBuilder()
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]
    // A row without cells keeps its line, so that lines are the rows of the sheet.
    if (!row || (hidden.has(r) && !hiddenRows)) csv.add([])
    else csv.add(Array.from({ length: width }, (_, c) => row[c]))
  }
  return csv.finish()
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
