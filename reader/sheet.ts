import readWorkbook from 'read-excel-file/universal'
import { errorOf, fail } from './faults.ts'
import { CsvBuilder, cellText, type ReadTable } from './plainCsv.ts'

/** A workbook is unpacked whole, so its size is bounded. */
const mostBytes = 64 * 1024 * 1024
/** Rows among which the header is looked for: exports put titles and dates above it. */
const headerWithin = 20

/**
 * A sheet of an .xlsx workbook: the one that is asked for, else the one with the most rows.
 * Throws `file/row-too-long` for a workbook that is too large, `file/not-text` for an archive of another kind and `file/empty`.
 */
export async function readSheet(file: Blob, chosen: number | null): Promise<ReadTable> {
  if (file.size > mostBytes) fail('file/row-too-long', 'workbookTooLarge')
  const workbook = await readWorkbook(await file.arrayBuffer()).catch(() => {
    throw errorOf('file/not-text', 'notAWorkbook')
  })
  const sizes = workbook.map(({ data }) => data.length)
  const sheet = chosen ?? Math.max(0, sizes.indexOf(Math.max(...sizes)))
  const rows = workbook[sheet]?.data ?? []
  const header = headerRow(rows)
  if (header < 0) return fail('file/empty', 'emptySheet')
  const width = widthOf(rows.slice(header))
  const csv = new CsvBuilder()
  for (const row of rows.slice(header)) {
    if (row.some((cell) => cellText(cell).trim() !== '')) csv.add(Array.from({ length: width }, (_, c) => row[c]))
  }
  const notes = header === 0 ? [] : [{ note: 'headerRow', facts: { row: header + 1 } } as const]
  return { csv: csv.finish(), notes, sheets: workbook.map((each) => each.sheet), sheet }
}

type Rows = readonly (readonly unknown[])[]

/** The first row that is nearly as full as the fullest of the first ones; -1 where all are empty. */
function headerRow(rows: Rows): number {
  const filled = rows.slice(0, headerWithin).map((row) => row.filter((cell) => cellText(cell).trim() !== '').length)
  const most = Math.max(0, ...filled)
  return most === 0 ? -1 : filled.findIndex((count) => count >= 0.7 * most)
}

/** Columns up to the last one that holds anything. */
function widthOf(rows: Rows): number {
  let width = 0
  for (const row of rows) {
    for (let c = row.length - 1; c >= width; c--) {
      if (cellText(row[c]).trim() === '') continue
      width = c + 1
      break
    }
  }
  return width
}
