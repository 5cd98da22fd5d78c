import { type ErrorOf, type Fail, makeError, type NoFacts, throwError } from '../core/errors.ts'

type AtLine = { readonly line: number }

/** Why a file or a row of it cannot be read, and the facts that a sentence about it needs. */
export interface ReaderFaults {
  emptyFile: NoFacts
  emptySheet: NoFacts
  noRows: NoFacts
  noColumns: NoFacts
  onlyAHeader: NoFacts
  nothingToScore: NoFacts
  columnsMissing: { readonly columns: readonly string[] }
  headerMayBeRecord: NoFacts
  rowNamesInDoubt: NoFacts
  unnamedInDoubt: NoFacts
  marksInDoubt: { readonly columns: readonly string[]; readonly lines: readonly number[] }
  sheetUnknown: { readonly sheets: readonly string[] }
  encoding: { readonly byte: number; readonly encoding: string }
  nulCharacters: NoFacts
  nulBytes: NoFacts
  binaryFile: { readonly kind: BinaryKind }
  notAWorkbook: NoFacts
  workbookTooLarge: NoFacts
  jsonTooLarge: NoFacts
  gzipDamaged: NoFacts
  unpackedTooLarge: NoFacts
  parquetCompression: { readonly codec: string }
  parquetDamaged: NoFacts
  tooManyColumns: AtLine & { readonly most: number }
  unterminatedQuote: AtLine
  rowTooLong: AtLine & { readonly most: number }
  /** What a sheet of a workbook to save cannot hold. */
  sheetTooLarge: NoFacts
  cellTooLong: { readonly most: number }
  fileChanged: NoFacts
  changedSinceChecked: NoFacts
  changedSinceScored: NoFacts
}

/** What a ragged row should have: as many cells as the header. */
export type ExpectedCells = { readonly kind: 'cells'; readonly count: number }

export type BinaryKind =
  | 'zip'
  | 'xls'
  | 'gzip'
  | '7z'
  | 'rar'
  | 'pdf'
  | 'parquet'
  | 'sqlite'
  | 'image'
  | 'json'
  | 'markup'

export const fail: Fail<ReaderFaults> = throwError
export const errorOf: ErrorOf<ReaderFaults> = makeError
