import { fail } from '../reader/faults.ts'
import { assertText, tableKind } from '../reader/format.ts'
import type { ReaderNote } from '../reader/notes.ts'
import { readParquet } from '../reader/parquet.ts'
import { readSheet } from '../reader/sheet.ts'
import type { FileSource } from '../reader/source.ts'

/** The records as text, whatever they came as. */
export interface InputTable {
  readonly file: FileSource
  /** Of a table that is no text: it is written anew, in one known way. */
  readonly isTable: boolean
  readonly isSheet: boolean
  readonly notes: readonly ReaderNote[]
}

/** Workbooks and Parquet files are read into memory, text is not. */
export async function openTable(
  source: FileSource,
  { sheet, hiddenRows }: { readonly sheet?: string; readonly hiddenRows: boolean },
): Promise<InputTable> {
  const start = new Uint8Array(await source.slice(0, Math.min(source.size, 64)).arrayBuffer())
  const kind = tableKind(start)
  const whole = async (): Promise<Blob> => new Blob([await source.slice(0, source.size).arrayBuffer()])
  if (kind === 'parquet') {
    const { csv, notes } = await readParquet(await whole())
    return { file: csv, notes, isTable: true, isSheet: false }
  }
  if (kind === null) {
    assertText(start)
    return { file: source, notes: [], isTable: false, isSheet: false }
  }
  const book = await whole()
  let read = await readSheet(book, null, hiddenRows)
  if (sheet !== undefined) {
    const chosen = read.sheets.indexOf(sheet)
    if (chosen < 0) fail('file/unreadable', 'sheetUnknown', { sheets: read.sheets })
    if (chosen !== read.sheet) read = await readSheet(book, chosen, hiddenRows)
  }
  return { file: read.csv, notes: read.notes, isTable: true, isSheet: true }
}
