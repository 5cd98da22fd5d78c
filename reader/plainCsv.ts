import type { FileFormat } from './format.ts'
import type { ReaderNote } from './notes.ts'

/** How tables that were no text are written anew here. */
export const writtenFormat = { encoding: 'utf-8', delimiter: ',', decimalMark: '.' } as const satisfies FileFormat

/** A table that was read from a file of another kind. */
export interface ReadTable {
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

  add(cells: readonly unknown[]): void {
    this.#text += `${cells.map((cell) => quoted(cellText(cell))).join(',')}\r\n`
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
