import Papa from 'papaparse'
import { bytesAfter, decodeFile } from './decode.ts'
import { fail } from './faults.ts'
import type { FileFormat } from './format.ts'
import type { FileSource } from './source.ts'

/**
 * A file's text to records: rows of cells, streamed. PapaParse's row parser does the quoting; the streaming is
 * ours, because its own decodes each piece by itself (a character cut by a piece's edge is lost) and reports an
 * unterminated quote only as a note beside one huge cell.
 */

/** Limits that keep memory bounded whatever the file holds. */
export const mostRowCharacters = 1024 * 1024
export const mostColumns = 16_384

/** What of a file's format cuts it into rows of cells. */
export type RowFormat = Pick<FileFormat, 'encoding' | 'delimiter' | 'escape'>

export interface Rows {
  /** Cells by row. Rows that hold nothing are left out. */
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
}

/**
 * The rows of a file, the header row first, in batches; or those from a start on that an earlier reading told of.
 * Throws `file/unterminated-quote`, `file/row-too-long` and `file/too-many-columns` with the line, and what
 * `decodeFile` throws.
 */
export async function* readRows(file: FileSource, format: RowFormat, from?: RowStart): AsyncGenerator<Rows> {
  let rest = ''
  let line = from?.line ?? 1
  let heldReturn = ''
  let bytesRead = from?.byte ?? 0
  for await (const piece of decodeFile(file, format.encoding, from?.byte ?? 0)) {
    bytesRead = piece.bytesRead
    // CR LF, CR and LF all end a line, mixed as they may be; a CR at the piece's end waits for what follows it.
    const whole = heldReturn + piece.text
    heldReturn = whole.endsWith('\r') && bytesRead < file.size ? '\r' : ''
    const written = heldReturn ? whole.slice(0, -1) : whole
    const text = written.replace(/\r\n?/g, '\n')
    const batch = parse(rest + text, format, line, false)
    rest = batch.rest
    line = batch.nextLine
    if (rest.length > mostRowCharacters) tooLong(rest, line)
    if (batch.rows.length > 0) {
      // Rows were taken, so what rests is of this piece, and begins after a line end of it.
      const left = tailOf(written, rest) + heldReturn
      const byte = bytesRead - bytesAfter(piece, left.match(/[\r\n]/g)?.length ?? 0, format.encoding)
      yield { rows: batch.rows, lines: batch.lines, bytesRead, next: { byte, line } }
    }
  }
  if (rest.length > 0) {
    const batch = parse(rest, format, line, true)
    const next = { byte: file.size, line: batch.nextLine }
    if (batch.rows.length > 0) yield { rows: batch.rows, lines: batch.lines, bytesRead, next }
  }
}

/** The end of `written` that became `rest` when its line ends became LF. */
function tailOf(written: string, rest: string): string {
  let at = written.length
  for (let i = rest.length - 1; i >= 0; i--) {
    at -= 1
    if (written[at] === '\n' && written[at - 1] === '\r') at -= 1
  }
  return written.slice(at)
}

interface Parsed {
  readonly rows: string[][]
  readonly lines: number[]
  /** What is left of the text: the beginning of a row. */
  readonly rest: string
  readonly nextLine: number
}

function parse(text: string, format: RowFormat, firstLine: number, last: boolean): Parsed {
  const taken = new TakenRows(format, firstLine)
  // Most rows need no parser; from the first one on that does, all of this text has it.
  const plain = format.escape === 'backslash' ? 0 : plainRows(text, format.delimiter, (row) => taken.add(row, false))
  const difficult = plain === 0 ? text : text.slice(plain)
  if (!last && difficult.indexOf('\n') < 0) return { ...taken.result, rest: difficult }
  const escapeChar = format.escape === 'backslash' ? '\\' : '"'
  const parser = new Papa.Parser({ delimiter: format.delimiter, newline: '\n', quoteChar: '"', escapeChar })
  const result = parser.parse(difficult, 0, !last) as {
    data: string[][]
    errors: { code: string; row: number }[]
    meta: { cursor: number }
  }
  const quoteError = result.errors.find(({ code }) => code === 'MissingQuotes' || code === 'InvalidQuotes')
  for (const [i, row] of result.data.entries()) {
    if (quoteError?.row === i) unterminated(taken.line)
    taken.add(row, true)
  }
  if (quoteError) unterminated(taken.line)
  return { ...taken.result, rest: last ? '' : difficult.slice(result.meta.cursor) }
}

const quote = 34
const lineFeed = 10

/**
 * Hands out the rows that end in a line feed and of which every cell stands as it is or between two quotation marks without
 * another one and without a line feed, up to the first row that is otherwise; returns where that begins, or what is left.
 * For these rows a parser says the same.
 */
export function plainRows(text: string, delimiter: string, take: (row: string[]) => void): number {
  const cut = delimiter.charCodeAt(0)
  const end = text.lastIndexOf('\n') + 1
  let begin = 0
  while (begin < end) {
    const row: string[] = []
    let at = begin
    for (;;) {
      const from = at
      let code = text.charCodeAt(at)
      if (code === quote) {
        do code = text.charCodeAt(++at)
        while (code !== quote && code !== lineFeed && at < end)
        if (code !== quote) return begin
        code = text.charCodeAt(++at)
        if (code !== cut && code !== lineFeed) return begin
        row.push(text.slice(from + 1, at - 1))
      } else {
        while (code !== cut && code !== lineFeed) code = text.charCodeAt(++at)
        row.push(text.slice(from, at))
      }
      at += 1
      if (code === lineFeed) break
    }
    take(row)
    begin = at
  }
  return begin
}

/** Rows as they come, with their lines, without those that hold nothing. */
class TakenRows {
  readonly #format: RowFormat
  readonly #rows: string[][] = []
  readonly #lines: number[] = []
  /** Where the next row begins. */
  line: number

  constructor(format: RowFormat, line: number) {
    this.#format = format
    this.line = line
  }

  get result(): Omit<Parsed, 'rest'> {
    return { rows: this.#rows, lines: this.#lines, nextLine: this.line }
  }

  /** `mayBreak`: its cells may hold line feeds. */
  add(row: string[], mayBreak: boolean): void {
    const { line } = this
    if (row.length > mostColumns) fail('file/too-many-columns', 'tooManyColumns', { line, most: mostColumns }, { line })
    // A row that holds nothing is no record.
    if (!row.every(isBlank)) {
      this.#rows.push(cellsOf(row, this.#format))
      this.#lines.push(line)
    }
    this.line += 1
    for (const cell of row) {
      if (cell.length > mostRowCharacters) tooLong(cell, this.line)
      if (!mayBreak) continue
      for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) this.line += 1
    }
  }
}

function isBlank(cell: string): boolean {
  const first = cell.charCodeAt(0)
  return !(first > 32 && first < 127) && cell.trim() === ''
}

/** A row's cells where blanks stand before quotation marks (`a, "b"`), or any number of blanks delimits. */
function cellsOf(row: string[], { delimiter }: RowFormat): string[] {
  const cells = delimiter === ' ' ? row.filter((cell) => cell !== '') : row
  for (let c = 0; c < cells.length; c++) {
    const cell = cells[c] as string
    if (cell.charCodeAt(0) === 32 && cell.endsWith('"')) cells[c] = unquoted(cell)
  }
  return cells
}

function unquoted(cell: string): string {
  const inner = /^ +"((?:[^"]|"")*)"$/.exec(cell)?.[1]
  return inner === undefined ? cell : inner.replaceAll('""', '"')
}

function unterminated(line: number): never {
  return fail('file/unterminated-quote', 'unterminatedQuote', { line }, { line })
}

function tooLong(text: string, line: number): never {
  if (text.includes('"')) unterminated(line)
  return fail('file/row-too-long', 'rowTooLong', { line, most: mostRowCharacters }, { line })
}
