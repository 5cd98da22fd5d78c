import { parameterSets } from '../core/protocol/schemes.ts'
import { delimiters, encodings, type FileFormat } from '../reader/format.ts'
import type { MarkWay } from '../reader/suggest.ts'
import { UsageError } from './command.ts'
import { type Options, optionLines, parseOptions } from './options.ts'

const options = {
  server: { type: 'string', value: 'URL', about: 'the scoring server' },
  model: { type: 'string', value: 'ID', about: 'the model to score with' },
  column: {
    type: 'string',
    value: 'FEATURE=NAME',
    multiple: true,
    about: 'the column of the file that feeds a feature, where its name does not say so (repeatable)',
  },
  sheet: {
    type: 'string',
    value: 'NAME',
    about: 'the sheet of an .xlsx workbook to read (default: the visible one with the most rows)',
  },
  'hidden-rows': { type: 'boolean', about: 'read the rows that a workbook hides as well' },
  header: { type: 'string', value: 'LINE', about: 'the line of the header, or "none" where the file has none' },
  delimiter: { type: 'string', value: 'SIGN', about: 'what stands between cells: one of , ; | ^ ~ } or tab, blank' },
  encoding: { type: 'string', value: 'NAME', about: encodings.join(', ') },
  'decimal-mark': { type: 'string', value: 'MARK', about: 'point or comma' },
  marks: {
    type: 'string',
    value: 'FEATURE=WAY',
    multiple: true,
    about: 'how "1.500" is meant in a column where nothing proves it: thousands or decimals (repeatable)',
  },
  near: {
    type: 'string',
    value: 'WAY',
    about:
      'what becomes of cells near a known value, where the model’s card would make something else of them: ' +
      '"refuse" leaves their records out (default), "read" reads them so, "policy" follows the card',
  },
  totals: { type: 'boolean', about: 'score rows that look like sums or means of others' },
  'left-out': { type: 'string', value: 'FILE', about: 'write the rows that cannot be scored there, with the reasons' },
  key: {
    type: 'string',
    value: 'FILE',
    about: 'use the key of this backup; its passphrase is taken from $BLINDSCORE_PASSPHRASE',
  },
  'key-size': { type: 'string', value: 'BITS', about: 'make a key of 2048, 3072 (default) or 4096 bits' },
  threads: { type: 'string', value: 'N', about: 'threads that encrypt (default: one per core)' },
  quiet: { type: 'boolean', about: 'say nothing but errors' },
} as const satisfies Options

export const usage = `Usage: blindscore score --server URL --model ID [options] < records.csv > scores.csv

Reads records from standard input, encrypts them, has them scored, opens the scores and writes the records with them to
standard output: the file that the page's "Download CSV" gives. Records are CSV, .xlsx or Parquet. The server sees ciphertexts alone.
${optionLines(options)}`

export interface CommandOptions {
  readonly server: string
  readonly model: string
  readonly columns: ReadonlyMap<string, string>
  readonly sheet?: string
  readonly hiddenRows: boolean
  /** What is said of the file's format. */
  readonly format: Partial<FileFormat>
  readonly marks: ReadonlyMap<string, MarkWay>
  readonly near: 'read' | 'policy' | 'refuse'
  readonly totals: boolean
  readonly leftOut?: string
  readonly key?: string
  /** The parameter set of the key to make. */
  readonly set?: string
  readonly threads?: number
  readonly quiet: boolean
}

/** Throws {@link UsageError}. */
export function parseScoreOptions(argv: readonly string[]): CommandOptions {
  const values = parseOptions(argv, options)
  const { server, model, threads } = values
  if (server === undefined || model === undefined) throw new UsageError('--server and --model are needed.')
  if (!/^https?:\/\//.test(server) || !URL.canParse(server)) {
    throw new UsageError('--server takes an address such as http://127.0.0.1:8787/.')
  }
  const bits = values['key-size']
  const set = parameterSets.find((each) => String(each.bits) === bits)?.id
  if (bits !== undefined && set === undefined) {
    throw new UsageError(`--key-size is ${parameterSets.map((each) => each.bits).join(', ')}.`)
  }
  if (bits !== undefined && values.key !== undefined) throw new UsageError('--key-size is for a key that is made here.')
  if (threads !== undefined && !/^[1-9][0-9]{0,2}$/.test(threads)) {
    throw new UsageError('--threads takes a whole number from 1 to 999.')
  }
  return {
    server,
    model,
    columns: new Map((values.column ?? []).map((text) => pairOf(text, '--column takes FEATURE=NAME.'))),
    marks: new Map((values.marks ?? []).map(marksOf)),
    near: nearOf(values.near),
    format: formatOf(values),
    totals: values.totals ?? false,
    hiddenRows: values['hidden-rows'] ?? false,
    ...(values.sheet !== undefined && { sheet: values.sheet }),
    quiet: values.quiet ?? false,
    ...(values['left-out'] !== undefined && { leftOut: values['left-out'] }),
    ...(values.key !== undefined && { key: values.key }),
    ...(set !== undefined && { set }),
    ...(threads !== undefined && { threads: Number(threads) }),
  }
}

function pairOf(text: string, usage: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(usage)
  return [text.slice(0, at), text.slice(at + 1)]
}

function marksOf(text: string): [string, MarkWay] {
  const [feature, way] = pairOf(text, '--marks takes FEATURE=thousands or FEATURE=decimals.')
  if (way !== 'thousands' && way !== 'decimals') throw new UsageError('--marks is thousands or decimals.')
  return [feature, way]
}

function nearOf(text: string | undefined): CommandOptions['near'] {
  if (text === undefined || text === 'refuse') return 'refuse'
  if (text !== 'read' && text !== 'policy') throw new UsageError('--near is read, policy or refuse.')
  return text
}

const named: Readonly<Record<string, string>> = { tab: '\t', blank: ' ' }
const marks = { point: '.', comma: ',' } as const

function formatOf(values: ReturnType<typeof parseOptions<typeof options>>): Partial<FileFormat> {
  const { header, delimiter, encoding } = values
  const mark = values['decimal-mark']
  if (header !== undefined && !/^(?:none|[1-9][0-9]{0,8})$/.test(header)) {
    throw new UsageError('--header takes the number of a line, or "none".')
  }
  const sign = delimiters.find((each) => each === (named[delimiter ?? ''] ?? delimiter))
  if (delimiter !== undefined && sign === undefined)
    throw new UsageError('--delimiter is one of , ; | ^ ~ } or tab, blank.')
  const written = encodings.find((each) => each === encoding)
  if (encoding !== undefined && written === undefined) throw new UsageError(`--encoding is ${encodings.join(', ')}.`)
  if (mark !== undefined && mark !== 'point' && mark !== 'comma') {
    throw new UsageError('--decimal-mark is point or comma.')
  }
  return {
    ...(header !== undefined && { header: header === 'none' ? 0 : Number(header) }),
    ...(sign !== undefined && { delimiter: sign }),
    ...(written !== undefined && { encoding: written }),
    ...(mark !== undefined && { decimalMark: marks[mark] }),
  }
}
