import { isGzip, startBytes, tableKind } from '../../reader/format.ts'
import { gunzip, unpackedName } from '../../reader/gunzip.ts'
import type { ReadTable } from '../../reader/plainCsv.ts'
import { readTable } from '../reader/spreadsheets.ts'

/** What a person hands in, as the text file that the journey reads, and what is to be said of how it became one. */
export interface Intake {
  readonly file: File
  /** Where it came from something else than text. */
  readonly table: Omit<ReadTable, 'csv'> | null
}

/** Which sheet of a workbook is read, or the fullest, and whether with the rows that it hides. */
export interface SheetChoice {
  readonly sheet: number | null
  readonly hiddenRows: boolean
}

/** Files up to this size are held by the page, so that a program that writes them anew takes nothing away. */
const mostHeld = 16 * 1024 * 1024

async function copyOf(source: File): Promise<File> {
  if (source.size > mostHeld) return source
  const bytes = await source.arrayBuffer().catch(() => null)
  return bytes === null ? source : new File([bytes], source.name, { type: source.type })
}

/** Text goes as it is; what is compressed is unpacked, and what is no text is first read into text, in this browser. */
export async function takeIn(given: File, { sheet, hiddenRows }: SheetChoice, signal: AbortSignal): Promise<Intake> {
  // Once: what is compressed twice is no table.
  const packed = isGzip(await startOf(given))
  const source = packed ? new File([await gunzip(given)], unpackedName(given.name)) : given
  const kind = tableKind(await startOf(source))
  if (kind === null) return { file: await copyOf(source), table: null }
  const { csv, ...table } = await readTable(source, kind, sheet, hiddenRows, signal)
  return { file: new File([csv], source.name, { type: 'text/csv' }), table }
}

/** A file that is gone is read, and then said to be, as text. */
async function startOf(source: File): Promise<Uint8Array> {
  const start = await source
    .slice(0, startBytes)
    .arrayBuffer()
    .catch(() => new ArrayBuffer(0))
  return new Uint8Array(start)
}

/** Pasted cells as a file: what a spreadsheet puts on the clipboard is text with tabs. */
export function pastedFile(text: string): File {
  return new File([text], text.includes('\t') ? 'pasted.tsv' : 'pasted.csv', { type: 'text/plain' })
}
