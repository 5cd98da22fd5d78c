import type { FileFormat } from '../../../reader/format.ts'
import type { Parts } from '../parts.ts'
import { counted, numbers } from './numbers.ts'

/** Where a file comes in, and its first rows. */
export const records = {
  title: 'Records',
  file: (name: string, size: number): Parts<'file'> => [{ file: name }, `, ${numbers.bytes(size)}`],
  sample: (name: string, size: number): Parts<'file'> => [
    'A sample, to try: ',
    { file: name },
    `, ${numbers.bytes(size)}`,
  ],
  drop: [
    { strong: 'Drop a file anywhere on this page, or paste cells.' },
    ' CSV, TSV, .xlsx, JSON or Parquet, also as .gz; it stays in this browser.',
  ] satisfies Parts<'strong'>,
  choose: 'Choose a file',
  paste: 'Paste cells',
  pasteHere: 'This browser does not give the clipboard to the page. Paste the cells here:',
  takePasted: 'Take what is in the box',
  useSample: 'Use the sample',
  close: 'Close the file',
  several: 'Several files were dropped; this is the first of them.',
  sheet: 'Sheet',
  hiddenSheet: (name: string) => `${name} (hidden)`,
  readHidden: 'Read hidden rows too',
  reading: 'Reading the first rows…',
  dropHere: 'Drop the file here',
  dropLater: 'A run is under way. Cancel it before you drop another file.',
}

export interface Extent {
  readonly rows: number
  readonly complete: boolean
  readonly columns: number
  readonly shown: number
}

export const preview = {
  title: 'Preview',
  howRead: 'How the file is read',
  confirm: 'Is that right? Nothing will be checked before you say so.',
  isRecord: 'The first line is a record',
  isName: 'The first cell is the row’s name',
  isNoName: 'Leave such rows out',
  isHeader: 'It is the header',
  isColumn: 'It is a column of its own',
  confirmComma: 'Read numbers with a decimal comma',
  rows: 'Rows of the file',
  firstRows: 'First rows',
  row: 'Row',
  extent: ({ rows, complete, columns, shown }: Extent) =>
    `${complete ? counted(rows, 'row') : `The first ${numbers.integer(rows)} rows`}, ${counted(columns, 'column')}${
      columns > shown ? `, of which the first ${shown} are shown` : ''
    }`,
}

/** How a file may be written. */
export const format = {
  detected: 'As detected',
  delimiter: 'Delimiter',
  delimiters: {
    ',': 'Comma',
    ';': 'Semicolon',
    '\t': 'Tab',
    '|': 'Vertical bar',
    ' ': 'Blanks',
    '^': 'Caret',
    '~': 'Tilde',
    '}': 'Closing brace',
  } satisfies Record<FileFormat['delimiter'], string>,
  encoding: 'Encoding',
  header: 'Header',
  headerLine: (line: number, text: string) => `Line ${line}: ${text}`,
  noHeader: 'No header',
  decimalMark: 'Decimal mark',
  decimalMarks: { '.': 'Point (1.5)', ',': 'Comma (1,5)' } satisfies Record<FileFormat['decimalMark'], string>,
}
