import type { Decision } from '../core/card/encode.ts'
import type { NoFacts } from '../core/errors.ts'

/** What a person should know of how a file was read, and the facts that a sentence about it needs. */
export interface ReaderNotes {
  byteOrderMark: { readonly encoding: string }
  readAs: { readonly encoding: string }
  decimalComma: NoFacts
  /** Places of columns, from 1. */
  columnsWithoutName: { readonly columns: readonly number[] }
  columnNameTwice: { readonly name: string }
  /** The header's line in the file, or row in the sheet, from 1. */
  headerRow: { readonly row: number; readonly isSheet: boolean }
  noHeader: NoFacts
  rowNames: NoFacts
  backslashes: NoFacts
  // Workbooks
  sheetOf: { readonly name: string; readonly others: readonly string[] }
  hiddenSheet: NoFacts
  hiddenRows: { readonly count: number; readonly isRead: boolean }
  mergedCells: { readonly count: number }
  errorCells: { readonly count: number }
  formulasWithoutValue: { readonly count: number }
}

export type ReaderNote = {
  [N in keyof ReaderNotes]: { readonly note: N; readonly facts: ReaderNotes[N] }
}[keyof ReaderNotes]

/**
 * What policies of a card made of a file's cells: counted by column and decision, with a few of the cells, so that none acts
 * without a word.
 */
export interface PolicyCount {
  /** Index among the card's features and then its derived columns. */
  readonly column: number
  readonly name: string
  /** `given`: the file has no column for it, and a person gave one value for all records. */
  readonly decision: Decision | 'given'
  /** What they count as; null where that is no known value, or where they stay missing. */
  readonly as: string | null
  readonly count: number
  /** Different cells, none where they are empty or the column is made of others. */
  readonly examples: readonly string[]
}
