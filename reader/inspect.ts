import Papa from 'papaparse'
import { readBytes } from './decode.ts'
import { fail } from './faults.ts'
import {
  assertText,
  byteOrderMark,
  type Delimiter,
  delimiters,
  detectDecimalMark,
  detectDelimiter,
  detectEncoding,
  detectQuoting,
  type FileFormat,
  sampleBytes,
} from './format.ts'
import { findTable, fitted, isSeparatorLine, looksLikeRecord } from './layout.ts'
import type { ReaderNote } from './notes.ts'
import { type RowFormat, readRows } from './records.ts'
import type { FileSource } from './source.ts'

/** What a person sees of a file before anything is done with it. */
export interface Preview {
  readonly format: FileFormat
  /** What detection found that a person should know. */
  readonly notes: readonly ReaderNote[]
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** The first rows as they stand, by line, for who says which of them is the header. */
  readonly starts: readonly { readonly line: number; readonly text: string }[]
  /** The header has numbers where the rows have some, so that it may be a record. */
  readonly headerMayBeRecord: boolean
  /** Nearly each of the rows has something in its first cell, so that one without is of another kind. */
  readonly keyed: boolean
  /** Records' first cells begin with "#", so that one that does is no comment. */
  readonly marked: boolean
  /** Whether the preview holds every row. */
  readonly complete: boolean
  readonly bytes: number
}

const previewRows = 50
const startsShown = 60

/**
 * Reads a file's first rows, finding its format where `chosen` does not state it.
 * Throws `file/not-text`, `file/encoding`, `file/empty` and what `readRows` throws.
 */
export async function inspect(file: FileSource, chosen: Partial<FileFormat> = {}, isSheet = false): Promise<Preview> {
  if (file.size === 0) fail('file/empty', 'emptyFile')
  const sample = await readBytes(file, 0, Math.min(file.size, sampleBytes))
  assertText(sample)
  const encoding = chosen.encoding ?? detectEncoding(sample)
  const text = new TextDecoder(encoding).decode(sample, { stream: true })
  const cut = { encoding, ...cutting(text, sample.length < file.size, chosen) }
  const { rows, lines, complete } = await firstRows(file, cut)
  if (rows.length === 0) return fail('file/empty', 'noRows')
  const found = tableOf(rows, lines, cut, chosen)
  const { at, header } = found
  const format: FileFormat = { ...found.format, ...writing(sample, text, cut) }
  const table = rows.slice(at, at + previewRows).map((row) => fitted(row, header.length))
  const hashes = table.filter((row) => /^\s*(?:#|\/\/)/.test(row[0] ?? '')).length
  const unkeyed = table.filter((row) => (row[0] ?? '').trim() === '').length
  return {
    format,
    notes: notesOf(
      sample,
      format,
      header,
      at > 0 && rows.slice(0, at - 1).some((row) => !isSeparatorLine(row)),
      isSheet,
    ),
    header,
    rows: table,
    starts: rows.slice(0, startsShown).map((row, i) => ({
      line: lines[i] as number,
      text: row.join(' · ').slice(0, 60),
    })),
    headerMayBeRecord: format.header !== 0 && chosen.header === undefined && looksLikeRecord(header, table),
    keyed: table.length > 1 && unkeyed <= Math.max(1, table.length / 20),
    marked: hashes > table.length / 2,
    complete: complete && rows.length - at <= previewRows,
    bytes: file.size,
  }
}

type Cut = Pick<FileFormat, 'delimiter' | 'escape'>

/** What cuts a text into cells: as it is stated in its first line (`sep=;`), or as it cuts the rows most evenly. */
function cutting(text: string, isPart: boolean, chosen: Partial<FileFormat>): Cut {
  // Backslashes escape quotation marks where a row only closes so.
  const escaped = chosen.escape === 'backslash' || (/\\"/.test(text) && !closes(text, '"') && closes(text, '\\'))
  const quoting = escaped ? ({ escape: 'backslash' } as const) : {}
  const rowsOf = (delimiter: Delimiter): string[][] => {
    const { data } = Papa.parse<string[]>(text.replace(/^\ufeff+/, '').replace(/\r\n?/g, '\n'), {
      delimiter,
      newline: '\n',
      escapeChar: escaped ? '\\' : '"',
      preview: 200,
      skipEmptyLines: 'greedy',
    })
    const rows = delimiter === ' ' ? data.map((row) => row.filter((cell) => cell !== '')) : data
    // The sample's end may have cut the last row.
    return isPart && rows.length > 2 ? rows.slice(0, -1) : rows
  }
  const stated = /^\ufeff*"?sep=(.)"?\s*[\r\n]/i.exec(text)?.[1]
  const known = delimiters.find((delimiter) => delimiter === (chosen.delimiter ?? stated))
  const delimiter =
    known ??
    detectDelimiter((delimiter) => {
      const rows = rowsOf(delimiter)
      return { rows, header: findTable(rows).header }
    })
  return { delimiter, ...quoting }
}

/** How the file is written where another program may be used to it, for the files that are saved. */
function writing(sample: Uint8Array, text: string, { delimiter }: Cut): Partial<FileFormat> {
  const quoting = delimiter === ' ' ? null : detectQuoting(text, delimiter)
  return { ...(quoting && { quoting }), ...(byteOrderMark(sample) && { byteOrderMark: true }) }
}

/** Whether every quotation mark of a text is closed, read with this mark before those that belong to a cell. */
function closes(text: string, escapeChar: '"' | '\\'): boolean {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1) || text
  const { errors } = Papa.parse(whole, { delimiter: ',', escapeChar, preview: 200 })
  return !errors.some(({ type }) => type === 'Quotes')
}

async function firstRows(file: FileSource, format: RowFormat) {
  const most = previewRows + 200
  const rows: string[][] = []
  const lines: number[] = []
  for await (const batch of readRows(file, format)) {
    const room = most - rows.length
    rows.push(...batch.rows.slice(0, room))
    lines.push(...batch.lines.slice(0, room))
    if (batch.rows.length > room) return { rows, lines, complete: false }
    if (rows.length === most) break
  }
  return { rows, lines, complete: rows.length < most }
}

/** Where the table begins, as it is found or as the person says, and how its rows are read. `at` is its first record. */
function tableOf(rows: string[][], lines: readonly number[], cut: RowFormat, chosen: Partial<FileFormat>) {
  const found = findTable(rows)
  const stated = chosen.header === undefined ? -1 : lines.findIndex((line) => line >= (chosen.header as number))
  const without = chosen.header === 0
  const headerAt = without ? -1 : stated >= 0 ? stated : found.header
  const at = without
    ? Math.max(
        0,
        rows.findIndex((row) => !isSeparatorLine(row)),
      )
    : headerAt + 1
  const rowNames = !without && (chosen.rowNames ?? (found.rowNames && headerAt === found.header))
  const header = without ? places(rows.slice(at)) : headerCells(rows, headerAt, rowNames)
  const line = without ? 0 : (lines[headerAt] as number)
  const format: FileFormat = {
    ...cut,
    decimalMark: chosen.decimalMark ?? detectDecimalMark(rows.slice(at, at + 200)),
    ...(line !== lines[0] && { header: line }),
    ...(rowNames && { rowNames }),
  }
  return { at, format, header }
}

/** The header's cells, without empty ones at its end above which there is nothing. */
function headerCells(rows: string[][], at: number, rowNames: boolean): string[] {
  const cells = [...(rowNames ? [''] : []), ...(rows[at] as string[])]
  const below = rows.slice(at + 1, at + 200)
  const isEmpty = (c: number) => (cells[c] ?? '').trim() === '' && below.every((row) => (row[c] ?? '').trim() === '')
  while (cells.length > 1 && below.length > 0 && isEmpty(cells.length - 1)) cells.pop()
  return cells
}

/** Names for the columns of a table without a header. */
function places(rows: string[][]): string[] {
  const width = rows[0]?.length ?? 1
  return Array.from({ length: width }, (_, c) => `column_${c + 1}`)
}

function notesOf(
  sample: Uint8Array,
  format: FileFormat,
  header: readonly string[],
  passedOver: boolean,
  isSheet: boolean,
): ReaderNote[] {
  const notes: ReaderNote[] = []
  const mark = byteOrderMark(sample)
  if (mark) notes.push({ note: 'byteOrderMark', facts: { encoding: mark.encoding } })
  else if (format.encoding !== 'utf-8') notes.push({ note: 'readAs', facts: { encoding: format.encoding } })
  if (passedOver && format.header) notes.push({ note: 'headerRow', facts: { row: format.header, isSheet } })
  if (format.header === 0) notes.push({ note: 'noHeader', facts: {} })
  if (format.rowNames) notes.push({ note: 'rowNames', facts: {} })
  if (format.escape) notes.push({ note: 'backslashes', facts: {} })
  if (format.decimalMark === ',') notes.push({ note: 'decimalComma', facts: {} })
  const columns = header.flatMap((name, i) => (name.trim() === '' ? [i + 1] : []))
  if (columns.length > 0) notes.push({ note: 'columnsWithoutName', facts: { columns } })
  const twice = [...new Set(header.filter((name, i) => name.trim() !== '' && header.indexOf(name) !== i))]
  for (const name of twice) notes.push({ note: 'columnNameTwice', facts: { name: name.slice(0, 60) } })
  return notes
}
