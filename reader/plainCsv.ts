import type { FileFormat } from './format.ts'
import type { ReaderNote } from './notes.ts'

/** How tables that were no text are written anew here. */
export const writtenFormat = { encoding: 'utf-8', delimiter: ',', decimalMark: '.' } as const satisfies FileFormat

/** A table whose first line is its header for certain, as a Parquet file's is. */
export const writtenTable = { ...writtenFormat, header: 1 } as const satisfies FileFormat

/** What a table that is no text says of its cells, beside their texts. */
export interface TableFacts {
  /** Columns with texts that could be thousands or decimals; everywhere else numbers are kept as numbers. */
  readonly markedTexts: readonly number[]
  /** Lines of the rows that the file computes from other rows. */
  readonly totals: readonly number[]
}

/** A table that was read from a file of another kind. */
export interface ReadTable extends TableFacts {
  readonly csv: Blob
  /** What a person should know of how it was read. */
  readonly notes: readonly ReaderNote[]
  /** The sheets of a workbook, and which of them this is. */
  readonly sheets: readonly string[]
  readonly sheet: number
  /** Which of them the workbook hides. */
  readonly hiddenSheets: readonly number[]
  /** Rows of this sheet that the workbook hides, and whether they were read all the same. */
  readonly hiddenRows: number
  readonly readHidden: boolean
}

/** Of a table that is no workbook's. */
export const noSheets = { sheets: [], sheet: 0, hiddenSheets: [], hiddenRows: 0, readHidden: false } as const

/** Rows as text, in pieces that the browser may keep outside memory. */
export class CsvBuilder {
  readonly #pieces: Blob[] = []
  #text = ''
  #line = 1

  /** The line on which the next row will stand. */
  get line(): number {
    return this.#line
  }

  add(cells: readonly unknown[]): void {
    const row = `${cells.map((cell) => quoted(cellText(cell))).join(',')}\r\n`
    this.#text += row
    this.#line += row.split(/\r\n?|\n/).length - 1
    if (this.#text.length < 1024 * 1024) return
    this.#pieces.push(new Blob([this.#text]))
    this.#text = ''
  }

  finish(): Blob {
    return new Blob([...this.#pieces, this.#text], { type: 'text/csv' })
  }
}

/** A cell's value as its plain text: a number with the digits that make it, a date in ISO form, nothing for nothing. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Date) {
    const iso = Number.isNaN(value.getTime()) ? '' : value.toISOString()
    return iso.replace(/T00:00:00\.000Z$/, '')
  }
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? ''
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text
}
