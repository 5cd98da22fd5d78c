import Papa from 'papaparse'
import { decodeFile } from './decode.ts'
import { fail } from './faults.ts'
import type { Delimiter, FileFormat } from './format.ts'
import type { FileSource } from './source.ts'

/**
 * A file's text to records: rows of cells, streamed. PapaParse's row parser does the quoting; the streaming is
 * ours, because its own decodes each piece by itself (a character cut by a piece's edge is lost) and reports an
 * unterminated quote only as a note beside one huge cell.
 */

/** Limits that keep memory bounded whatever the file holds. */
export const mostRowCharacters = 1024 * 1024
export const mostColumns = 16_384

export interface Rows {
  /** Cells by row. Blank lines are left out. */
  readonly rows: readonly string[][]
  /** The line in the file, from 1, on which each row starts. */
  readonly lines: readonly number[]
  readonly bytesRead: number
  /** Where the row after these begins. */
  readonly next: RowStart
}

/** Where in a file a row begins. */
export interface RowStart {
  readonly byte: number
  readonly line: number
  readonly newline: '\n' | '\r'
}

/**
 * The rows of a file, the header row first, in batches; or those from a start on that an earlier reading told of.
 * Throws `file/unterminated-quote`, `file/row-too-long` and `file/too-many-columns` with the line, and what
 * `decodeFile` throws.
 */
export async function* readRows(file: FileSource, format: FileFormat, from?: RowStart): AsyncGenerator<Rows> {
  let rest = ''
  let line = from?.line ?? 1
  let heldReturn = ''
  let newline: '\n' | '\r' | null = from?.newline ?? null
  let bytesRead = from?.byte ?? 0
  for await (const piece of decodeFile(file, format.encoding, from?.byte ?? 0)) {
    bytesRead = piece.bytesRead
    // CR LF counts as LF; a CR at the piece's end waits for what follows it.
    let text = heldReturn + piece.text
    heldReturn = text.endsWith('\r') && bytesRead < file.size ? '\r' : ''
    if (heldReturn) text = text.slice(0, -1)
    newline ??= /\n/.test(text) ? '\n' : /\r/.test(text) ? '\r' : null
    const written = text
    if (newline === '\n') text = text.replaceAll('\r\n', '\n')
    const before = rest
    const batch = parse(rest + text, format.delimiter, newline ?? '\n', line, false)
    rest = batch.rest
    line = batch.nextLine
    if (rest.length > mostRowCharacters) tooLong(rest, line)
    if (batch.rows.length > 0) {
      // Rows were taken, so what rests is of this piece.
      const left = rest.length <= text.length ? tailOf(written, rest) : before + written
      const byte = piece.textEnd - byteLength(left + heldReturn, format.encoding)
      yield { rows: batch.rows, lines: batch.lines, bytesRead, next: { byte, line, newline: newline ?? '\n' } }
    }
  }
  if (rest.length > 0) {
    const batch = parse(rest, format.delimiter, newline ?? '\n', line, true)
    const next = { byte: file.size, line: batch.nextLine, newline: newline ?? '\n' }
    if (batch.rows.length > 0) yield { rows: batch.rows, lines: batch.lines, bytesRead, next }
  }
}

/** The end of `written` that became `rest` when its CR LF became LF. */
function tailOf(written: string, rest: string): string {
  let at = written.length
  for (let i = rest.length - 1; i >= 0; i--) {
    at -= 1
    if (rest[i] === '\n' && written[at - 1] === '\r') at -= 1
  }
  return written.slice(at)
}

function byteLength(text: string, encoding: FileFormat['encoding']): number {
  if (encoding === 'utf-8') return new TextEncoder().encode(text).length
  return encoding === 'windows-1252' ? text.length : 2 * text.length
}

interface Parsed {
  readonly rows: string[][]
  readonly lines: number[]
  readonly rest: string
  readonly nextLine: number
}

function parse(text: string, delimiter: Delimiter, newline: '\n' | '\r', firstLine: number, last: boolean): Parsed {
  const parser = new Papa.Parser({ delimiter, newline, quoteChar: '"' })
  const result = parser.parse(text, 0, !last) as {
    data: string[][]
    errors: { code: string; row: number }[]
    meta: { cursor: number }
  }
  const rest = last ? '' : text.slice(result.meta.cursor)
  const rows: string[][] = []
  const lines: number[] = []
  let line = firstLine
  const quoteError = result.errors.find(({ code }) => code === 'MissingQuotes' || code === 'InvalidQuotes')
  for (const [i, row] of result.data.entries()) {
    if (quoteError?.row === i) unterminated(line)
    if (row.length > mostColumns) fail('file/too-many-columns', 'tooManyColumns', { line, most: mostColumns }, { line })
    if (!(row.length === 1 && row[0] === '')) {
      rows.push(row)
      lines.push(line)
    }
    line += 1
    for (const cell of row) {
      if (cell.length > mostRowCharacters) tooLong(cell, line)
      for (let at = cell.indexOf(newline); at >= 0; at = cell.indexOf(newline, at + 1)) line += 1
    }
  }
  if (quoteError) unterminated(line)
  return { rows, lines, rest, nextLine: line }
}

function unterminated(line: number): never {
  return fail('file/unterminated-quote', 'unterminatedQuote', { line }, { line })
}

function tooLong(text: string, line: number): never {
  if (text.includes('"')) unterminated(line)
  return fail('file/row-too-long', 'rowTooLong', { line, most: mostRowCharacters }, { line })
}
