import type { BinaryKind, ReaderFaults } from '../../reader/faults.ts'
import type { ReaderNotes } from '../../reader/notes.ts'
import type { NoteSentences, Sentences } from '../sentences.ts'

const binaryKinds: Readonly<Record<BinaryKind, string>> = {
  zip: 'a ZIP archive or a spreadsheet (.xlsx, .ods)',
  xls: 'an old Excel workbook (.xls)',
  gzip: 'a gzip archive',
  '7z': 'a 7-Zip archive',
  rar: 'a RAR archive',
  pdf: 'a PDF document',
  parquet: 'a Parquet file',
  sqlite: 'an SQLite database',
  image: 'a picture',
  json: 'JSON',
  markup: 'HTML or XML',
}

/** An encoding as its users write it: labels have small letters alone. */
function encodingName(label: string): string {
  if (/^(?:windows|macintosh)/.test(label)) return label.charAt(0).toUpperCase() + label.slice(1)
  return label.toUpperCase().replace(/^ISO-8859/, 'ISO 8859')
}

export const reader: Sentences<ReaderFaults> = {
  emptyFile: () => 'The file is empty.',
  emptySheet: () => 'The sheet holds no rows.',
  noRows: () => 'The file holds no rows.',
  noColumns: () => 'The file holds no columns.',
  onlyAHeader: () => 'The file has a header but no rows.',
  nothingToScore: () => 'No row of this file can be scored.',
  columnsMissing: ({ columns }) => {
    const more = columns.length > 12 ? ` and ${columns.length - 12} more` : ''
    return `No column of the file was found for ${columns.slice(0, 12).join(', ')}${more}.`
  },
  headerMayBeRecord: () =>
    'The first line of the file may be a record: it holds numbers in columns of numbers. Say whether it is the header.',
  rowNamesInDoubt: () =>
    'Each row has one cell more than the header: the first may be the row’s name, or a comma within a number or a remark at the end makes a cell too many. Say which.',
  unnamedInDoubt: () =>
    'The last column has no name. Numbers that are written with a comma (5,5) make a cell too many in a file of commas, and each column after them is read as another. Say that it is a column of its own, or have the file written with semicolons.',
  marksInDoubt: ({ columns, lines }) =>
    `The numbers of ${columns.join(', ')} have three digits after their only mark: they may be thousands or decimals. Say which.${lines.length > 0 ? ` Line ${lines.join(', ')}, for instance.` : ''}`,
  sheetUnknown: ({ sheets }) => `The workbook has no such sheet. It has ${sheets.join(', ')}.`,
  encoding: ({ byte, encoding }) =>
    `The bytes from offset ${byte} on are not ${encodingName(encoding)}. Choose the file's encoding.`,
  nulCharacters: () => 'This file holds NUL characters, so it is not text.',
  nulBytes: () => 'This file holds NUL bytes, so it is not text.',
  binaryFile: ({ kind }) =>
    `This file is ${binaryKinds[kind]}, no table of text. Export the table as CSV and drop that.`,
  notAWorkbook: () =>
    'This file is a ZIP archive, but no .xlsx workbook that can be read: it is damaged, protected or of another kind.',
  workbookTooLarge: () => 'A workbook of more than 64 MiB is not read here. Save the sheet as CSV and drop that.',
  jsonTooLarge: () =>
    'A JSON file of more than 64 MiB is not read here. Save the records as CSV or Parquet and drop that.',
  gzipDamaged: () => 'The compressed file could not be unpacked: it is damaged, cut, or of several parts.',
  unpackedTooLarge: () => 'The compressed file is larger than 4 GiB once it is unpacked. Drop a part of it.',
  parquetCompression: ({ codec }) =>
    `The Parquet file is compressed with ${codec}, which this page does not read. Write it with SNAPPY, ZSTD, GZIP or without compression.`,
  parquetDamaged: () =>
    'The Parquet file could not be read: it is damaged, encrypted, or of a kind that this page does not know.',
  tooManyColumns: ({ line, most }) => `Line ${line} has more than ${most} columns.`,
  unterminatedQuote: ({ line }) =>
    `A quotation mark in the row that starts on line ${line} is not closed as it should be. No rows were taken; mend the line and drop the file again.`,
  rowTooLong: ({ line, most }) => `The row that starts on line ${line} is longer than ${most} characters.`,
  sheetTooLarge: () => 'A sheet of a workbook does not hold so many rows or columns. Save the scores as CSV.',
  cellTooLong: ({ most }) =>
    `A cell is longer than the ${most} characters that one of a workbook can have. Save the scores as CSV.`,
  fileChanged: () => 'The file could not be read: it was changed, moved or removed, or is a folder. Choose it again.',
  changedSinceChecked: () => 'The file is not what it was when it was checked. Choose it again.',
  changedSinceScored: () => 'The file is not what it was when it was scored. Choose it again.',
}

export const readerNotes: NoteSentences<ReaderNotes> = {
  byteOrderMark: ({ encoding }) => `A byte-order mark says the file is ${encodingName(encoding)}.`,
  readAs: ({ encoding }) => `The file is read as ${encodingName(encoding)}.`,
  decimalComma: () => 'Numbers use a decimal comma: 1,5 is read as one and a half.',
  columnsWithoutName: ({ columns }) => `Without a name: column ${columns.join(', ')}.`,
  columnNameTwice: ({ name }) => `The column name “${name}” stands more than once.`,
  headerRow: ({ row, isSheet }) =>
    `The header is ${isSheet ? `row ${row} of the sheet` : `line ${row} of the file`}; what stands above it is passed over.`,
  noHeader: () => 'The file has no header: its columns are named by their places, and its first row is a record.',
  rowNames: () => 'Each row has one cell more than the header: the first is read as the row’s name.',
  backslashes: () => 'Quotation marks within cells stand after backslashes.',
  sheetOf: ({ name, others }) =>
    `Read is the sheet “${name}”. The workbook has others with rows: ${others.join(', ')}.`,
  hiddenSheet: () => 'This sheet is hidden in the workbook.',
  hiddenRows: ({ count, isRead }) =>
    count === 1
      ? `1 row is hidden in the workbook, as a filter hides it; it is ${isRead ? 'read as well' : 'not read'}.`
      : `${count} rows are hidden in the workbook, as a filter hides them; they are ${isRead ? 'read as well' : 'not read'}.`,
  mergedCells: ({ count }) =>
    count === 1
      ? '1 merged area: each of its rows is read with its value.'
      : `${count} merged areas: each of their rows is read with its value.`,
  errorCells: ({ count }) =>
    count === 1
      ? '1 cell holds an error of the spreadsheet, such as #N/A: it has no value.'
      : `${count} cells hold errors of the spreadsheet, such as #N/A: they have no value.`,
  formulasWithoutValue: ({ count }) =>
    `${count === 1 ? '1 cell holds a formula whose value was' : `${count} cells hold formulas whose values were`} not saved. Open the workbook in a spreadsheet program, save it, and drop it again.`,
}
