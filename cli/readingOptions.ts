import { encodingOf } from '../reader/encodings.ts'
import { delimiters, type FileFormat } from '../reader/format.ts'
import type { MarkWay } from '../reader/markRepair.ts'
import { UsageError } from './command.ts'
import type { Options, parseOptions } from './options.ts'

/** How a file of records is read: the options of every command that reads one. */
export const readingOptions = {
  column: {
    type: 'string',
    value: 'FEATURE=NAME',
    multiple: true,
    about: 'the column of the file that feeds a feature, where its name does not say so (repeatable)',
  },
  value: {
    type: 'string',
    value: 'FEATURE=VALUE',
    multiple: true,
    about: 'one value for every record, of a feature that the file has no column for; empty: missing (repeatable)',
  },
  sheet: {
    type: 'string',
    value: 'NAME',
    about: 'the sheet of an .xlsx workbook to read (default: the visible one with the most cells)',
  },
  'hidden-rows': { type: 'boolean', about: 'read the rows that a workbook hides as well' },
  header: { type: 'string', value: 'LINE', about: 'the line of the header, or "none" where the file has none' },
  'row-names': {
    type: 'string',
    value: 'ANSWER',
    about: 'where rows have one cell more than the header: "yes" if the first is the row’s name, else "no"',
  },
  delimiter: { type: 'string', value: 'SIGN', about: 'what stands between cells: one of , ; | ^ ~ } or tab, blank' },
  encoding: {
    type: 'string',
    value: 'LABEL',
    about:
      'utf-8, windows-1252, koi8-r, shift_jis, gb18030 or any other label of the WHATWG Encoding Standard; ' +
      '"auto" guesses it from the letters of a file that is not UTF-8, and refuses where they leave a doubt',
  },
  'decimal-mark': { type: 'string', value: 'MARK', about: 'point or comma' },
  marks: {
    type: 'string',
    value: 'FEATURE=WAY',
    multiple: true,
    about:
      'how numbers are meant in a column where nothing proves it: "1.500" as thousands or decimals, ' +
      '"5%" as percent (5) or fraction (0.05) (repeatable)',
  },
  near: {
    type: 'string',
    value: 'WAY',
    about:
      'what becomes of cells near a known value, where the model’s card would make something else of them: ' +
      '"refuse" leaves their records out (default), "read" reads them so, "policy" follows the card',
  },
  totals: { type: 'boolean', about: 'score rows that look like sums or means of others, or remarks about them' },
  tables: { type: 'boolean', about: 'score rows of other tables in the file, below headers of their own' },
  'left-out': { type: 'string', value: 'FILE', about: 'write the rows that cannot be scored there, with the reasons' },
} as const satisfies Options

/** What a person may say of a column whose numbers can be read in two ways. */
export type NumberMeaning = MarkWay | 'percent' | 'percent-fraction'

export interface ReadingOptions {
  readonly columns: ReadonlyMap<string, string>
  /** One value for all records, by the feature. */
  readonly values: ReadonlyMap<string, string>
  readonly sheet?: string
  readonly hiddenRows: boolean
  /** What is said of the file's format. */
  readonly format: Partial<FileFormat>
  /** A file that is not UTF-8 is read as its letters say that it is written. */
  readonly guessEncoding: boolean
  readonly marks: ReadonlyMap<string, NumberMeaning>
  readonly near: 'read' | 'policy' | 'refuse'
  readonly totals: boolean
  readonly tables: boolean
  readonly leftOut?: string
}

type Values = ReturnType<typeof parseOptions<typeof readingOptions>>

/** Throws {@link UsageError}. */
export function readingOf(values: Values): ReadingOptions {
  return {
    columns: new Map((values.column ?? []).map((text) => pairOf(text, '--column takes FEATURE=NAME.'))),
    values: new Map((values.value ?? []).map((text) => pairOf(text, '--value takes FEATURE=VALUE.'))),
    marks: new Map((values.marks ?? []).map(marksOf)),
    near: nearOf(values.near),
    format: formatOf(values),
    guessEncoding: values.encoding === 'auto',
    totals: values.totals ?? false,
    tables: values.tables ?? false,
    hiddenRows: values['hidden-rows'] ?? false,
    ...(values.sheet !== undefined && { sheet: values.sheet }),
    ...(values['left-out'] !== undefined && { leftOut: values['left-out'] }),
  }
}

function pairOf(text: string, usage: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(usage)
  return [text.slice(0, at), text.slice(at + 1)]
}

/** How `--marks` says that numbers are meant. */
export const meanings: ReadonlyMap<string, NumberMeaning> = new Map([
  ['thousands', 'thousands'],
  ['decimals', 'decimals'],
  ['percent', 'percent'],
  ['fraction', 'percent-fraction'],
])

function marksOf(text: string): [string, NumberMeaning] {
  const [feature, way] = pairOf(text, '--marks takes FEATURE=thousands or the like.')
  const meaning = meanings.get(way)
  if (!meaning) throw new UsageError(`--marks is ${[...meanings.keys()].join(', ')}.`)
  return [feature, meaning]
}

function nearOf(text: string | undefined): ReadingOptions['near'] {
  if (text === undefined || text === 'refuse') return 'refuse'
  if (text !== 'read' && text !== 'policy') throw new UsageError('--near is read, policy or refuse.')
  return text
}

const named: Readonly<Record<string, string>> = { tab: '\t', blank: ' ' }
const marks = { point: '.', comma: ',' } as const

function formatOf(values: Values): Partial<FileFormat> {
  const { header, delimiter } = values
  const encoding = values.encoding === 'auto' ? undefined : values.encoding
  const mark = values['decimal-mark']
  const names = values['row-names']
  if (names !== undefined && names !== 'yes' && names !== 'no') throw new UsageError('--row-names is yes or no.')
  if (header !== undefined && !/^(?:none|[1-9][0-9]{0,8})$/.test(header)) {
    throw new UsageError('--header takes the number of a line, or "none".')
  }
  const sign = delimiters.find((each) => each === (named[delimiter ?? ''] ?? delimiter))
  if (delimiter !== undefined && sign === undefined)
    throw new UsageError('--delimiter is one of , ; | ^ ~ } or tab, blank.')
  const written = encoding === undefined ? null : encodingOf(encoding)
  if (encoding !== undefined && written === null)
    throw new UsageError('--encoding takes a label of the WHATWG Encoding Standard: windows-1252, koi8-r, shift_jis.')
  if (mark !== undefined && mark !== 'point' && mark !== 'comma') {
    throw new UsageError('--decimal-mark is point or comma.')
  }
  return {
    ...(names !== undefined && { rowNames: names === 'yes' }),
    ...(header !== undefined && { header: header === 'none' ? 0 : Number(header) }),
    ...(sign !== undefined && { delimiter: sign }),
    ...(written !== null && { encoding: written }),
    ...(mark !== undefined && { decimalMark: marks[mark] }),
  }
}
