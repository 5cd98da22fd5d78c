import { fail } from '../reader/faults.ts'
import { assertText, isGzip, startBytes, tableKind } from '../reader/format.ts'
import { gunzip } from '../reader/gunzip.ts'
import { readJson } from '../reader/json.ts'
import type { ReaderNote } from '../reader/notes.ts'
import { readParquet } from '../reader/parquet.ts'
import type { TableFacts } from '../reader/plainCsv.ts'
import { readSheet } from '../reader/sheet.ts'
import type { FileSource } from '../reader/source.ts'

/** The records as text, whatever they came as. */
export interface InputTable {
  readonly file: FileSource
  /** Of a table that is no text: it is written anew, in one known way. */
  readonly table: TableFacts | null
  readonly isSheet: boolean
  readonly notes: readonly ReaderNote[]
}

/** Workbooks, Parquet, JSON and compressed files are read into memory, text is not. */
export async function openTable(
  given: FileSource,
  { sheet, hiddenRows }: { readonly sheet?: string; readonly hiddenRows: boolean },
): Promise<InputTable> {
  const source = isGzip(await startOf(given)) ? await gunzip(await wholeOf(given)) : given
  const start = await startOf(source)
  const kind = tableKind(start)
  const whole = (): Promise<Blob> => wholeOf(source)
  if (kind === 'parquet' || kind === 'json') {
    const read = await (kind === 'json' ? readJson : readParquet)(await whole())
    return { file: read.csv, notes: read.notes, table: read, isSheet: false }
  }
  if (kind === null) {
    assertText(start)
    return { file: source, notes: [], table: null, isSheet: false }
  }
  const book = await whole()
  let read = await readSheet(book, null, hiddenRows)
  if (sheet !== undefined) {
    const chosen = read.sheets.indexOf(sheet)
    if (chosen < 0) fail('file/unreadable', 'sheetUnknown', { sheets: read.sheets })
    if (chosen !== read.sheet) read = await readSheet(book, chosen, hiddenRows)
  }
  return { file: read.csv, notes: read.notes, table: read, isSheet: true }
}

async function startOf(source: FileSource): Promise<Uint8Array> {
  return new Uint8Array(await source.slice(0, Math.min(source.size, startBytes)).arrayBuffer())
}

async function wholeOf(source: FileSource): Promise<Blob> {
  return new Blob([await source.slice(0, source.size).arrayBuffer()])
}
