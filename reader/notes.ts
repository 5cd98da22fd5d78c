import type { NoFacts } from '../core/errors.ts'

/** What a person should know of how a file was read, and the facts that a sentence about it needs. */
export interface ReaderNotes {
  byteOrderMark: { readonly encoding: string }
  readAs: { readonly encoding: string }
  decimalComma: NoFacts
  /** Places of columns, from 1. */
  columnsWithoutName: { readonly columns: readonly number[] }
  columnNameTwice: { readonly name: string }
  /** The header's row in the sheet, from 1. */
  headerRow: { readonly row: number }
}

export type ReaderNote = {
  [N in keyof ReaderNotes]: { readonly note: N; readonly facts: ReaderNotes[N] }
}[keyof ReaderNotes]
