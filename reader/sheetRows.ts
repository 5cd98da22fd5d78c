import { numberText } from './numberFormats.ts'
import { type Attributes, isTrue, partOf, TextOf, type Workbook, walk } from './workbook.ts'

/** The rows of a worksheet as texts, and what there is to be said of them. */
export interface SheetRows {
  /** By row from 0; rows that are not there are absent. */
  readonly rows: readonly (readonly (string | undefined)[] | undefined)[]
  readonly hidden: ReadonlySet<number>
  /** Merged areas whose first cell was put into the rows below it. */
  readonly merged: number
  readonly errors: number
  readonly unsaved: number
}

/** Merged areas beyond these rows are a sheet's decoration, not its records. */
const mostMergedRows = 100_000

interface Cell {
  readonly column: number
  readonly type: string
  readonly style: number
  value: string | null
  formula: string | null
}

export function readSheetRows(book: Workbook, sheet: number): SheetRows {
  const path = book.sheets[sheet]?.path ?? ''
  const rows: (string | undefined)[][] = []
  const hidden = new Set<number>()
  const merges: string[] = []
  const inline = new TextOf()
  let row = -1
  let column = -1
  let cell: Cell | null = null
  let within: 'v' | 'f' | null = null
  let errors = 0
  let unsaved = 0

  const open = (name: string, attributes: Attributes): void => {
    if (name === 'row') {
      row = attributes.r === undefined ? row + 1 : Number(attributes.r) - 1
      column = -1
      if (isTrue(attributes.hidden)) hidden.add(row)
    } else if (name === 'c') {
      column = attributes.r === undefined ? column + 1 : columnOf(attributes.r)
      cell = { column, type: attributes.t ?? 'n', style: Number(attributes.s ?? 0), value: null, formula: null }
      inline.begin()
    } else if (name === 'mergeCell') merges.push(attributes.ref ?? '')
    else if (cell && (name === 'v' || name === 'f')) {
      within = name
      if (name === 'v') cell.value ??= ''
      else cell.formula ??= ''
    } else inline.open(name)
  }
  const text = (more: string): void => {
    if (cell && within === 'v') cell.value += more
    else if (cell && within === 'f') cell.formula += more
    else inline.add(more)
  }
  const close = (name: string): void => {
    inline.close(name)
    if (name === within) within = null
    if (name !== 'c' || !cell) return
    const shown = textOf(book, cell, inline.text)
    if (cell.type === 'e') errors += 1
    if (shown.unsaved) unsaved += 1
    if (shown.text !== '') {
      rows[row] ??= []
      ;(rows[row] as (string | undefined)[])[cell.column] = shown.text
    }
    cell = null
  }
  walk(partOf(book.parts, path), { open, text, close })
  return { rows, hidden, merged: fillMerged(rows, merges), errors, unsaved }
}

function textOf(book: Workbook, cell: Cell, inline: string): { text: string; unsaved: boolean } {
  const { type, formula } = cell
  const value = cell.value ?? ''
  // Programs that write formulas without computing them leave the value out, or empty.
  const unsaved = formula !== null && (cell.value === null || (value === '' && type !== 'str'))
  if (unsaved) return { text: `=${formula || '…'}`, unsaved }
  return { text: valueText(book, type, value, cell.style, inline), unsaved }
}

function valueText(book: Workbook, type: string, value: string, style: number, inline: string): string {
  if (type === 's') return book.strings[Number(value)] ?? ''
  if (type === 'inlineStr') return inline
  if (type === 'b') return value === '' ? '' : isTrue(value) ? 'TRUE' : 'FALSE'
  if (type !== 'n' || value === '') return value
  const number = Number(value)
  const kind = book.kinds[style] ?? { kind: 'plain' }
  return Number.isFinite(number) ? numberText(number, kind, book.date1904) : value
}

/** "AB12" is column 27. */
function columnOf(reference: string): number {
  let column = 0
  for (const letter of reference) {
    const code = letter.charCodeAt(0) - 64
    if (code < 1 || code > 26) break
    column = 26 * column + code
  }
  return column - 1
}

/**
 * Puts the value of each merged area into its rows, down its first column: side by side it stands in one column alone, and
 * what the other columns hold is not known.
 */
function fillMerged(rows: (string | undefined)[][], merges: readonly string[]): number {
  let filled = 0
  for (const reference of merges) {
    const [from = '', to = from] = reference.split(':')
    const [first, last] = [rowOf(from), rowOf(to)]
    const column = columnOf(from)
    const value = rows[first]?.[column]
    if (last <= first || last - first > mostMergedRows || value === undefined) continue
    for (let row = first + 1; row <= last; row++) {
      rows[row] ??= []
      ;(rows[row] as (string | undefined)[])[column] ??= value
    }
    filled += 1
  }
  return filled
}

function rowOf(reference: string): number {
  return Number(reference.replace(/\D/g, '')) - 1
}
