import type { ReadTable } from '../../reader/plainCsv.ts'
import { readTable, tableKind } from '../reader/spreadsheets.ts'

/** What a person hands in, as the text file that the journey reads, and what is to be said of how it became one. */
export interface Intake {
  readonly file: File
  /** Where it came from something else than text. */
  readonly table: Omit<ReadTable, 'csv'> | null
}

/** Text goes as it is; a workbook's sheet or a Parquet file is first read into text, in this browser. */
export async function takeIn(source: File, sheet: number | null, signal: AbortSignal): Promise<Intake> {
  const kind = await tableKind(source)
  if (kind === null) return { file: source, table: null }
  const { csv, ...table } = await readTable(source, kind, sheet, signal)
  return { file: new File([csv], source.name, { type: 'text/csv' }), table }
}

/** Pasted cells as a file: what a spreadsheet puts on the clipboard is text with tabs. */
export function pastedFile(text: string): File {
  return new File([text], text.includes('\t') ? 'pasted.tsv' : 'pasted.csv', { type: 'text/plain' })
}
