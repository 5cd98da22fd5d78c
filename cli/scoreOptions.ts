import type { SchemeChoice } from '../client/schemeChoice.ts'
import { UsageError } from './command.ts'
import { integer, type Options, optionLines, parseOptions } from './options.ts'
import { type ReadingOptions, readingOf, readingOptions } from './readingOptions.ts'
import { type SavingOptions, savingOf, savingOptions } from './savingOptions.ts'
import { choiceOf, setOf, threadsOf } from './sealingOptions.ts'
import { serverOf, serverOption } from './serverAt.ts'

const options = {
  server: serverOption,
  model: { type: 'string', value: 'ID', about: 'the model to score with' },
  ...readingOptions,
  key: {
    type: 'string',
    value: 'FILE',
    about: 'use the key of this backup; its passphrase is taken from $BLINDSCORE_PASSPHRASE',
  },
  'key-size': { type: 'string', value: 'BITS', about: 'make a key of 2048, 3072 (default) or 4096 bits' },
  scheme: {
    type: 'string',
    value: 'NAME',
    about:
      'paillier (default), lattice (where the server serves it: newer, much faster for many records, and with a key for this ' +
      'run alone), or auto (that one for many records)',
  },
  ...savingOptions,
  threads: { type: 'string', value: 'N', about: 'threads that encrypt (default: one per core)' },
  outage: {
    type: 'string',
    value: 'MINUTES',
    about:
      'how long to wait for a server that does not answer any more, once something was answered and so paid for (default: 1440, a day)',
  },
  receipt: {
    type: 'string',
    value: 'FILE',
    about:
      'write there what was sent where, and what the server signed of its log of answers, where it keeps one; also of a run that ' +
      'ends before its end, once something was answered',
  },
  quiet: { type: 'boolean', about: 'say nothing but errors' },
} as const satisfies Options

export const usage = `Usage: blindscore score --server URL --model ID [options] < records.csv > scores.csv

Reads records from standard input, encrypts them, has them scored, opens the scores and writes the records with them to
standard output: the file that the page's "Download CSV" gives, or its "Download .xlsx". Records are CSV, .xlsx, JSON or Parquet, also in gzip. The server sees ciphertexts alone.
${optionLines(options)}`

export interface CommandOptions extends ReadingOptions, SavingOptions {
  readonly server: string
  readonly model: string
  readonly key?: string
  /** The parameter set of the key to make. */
  readonly set?: string
  readonly scheme: SchemeChoice
  readonly threads?: number
  /** Minutes that a server which went away in mid-run is waited for. */
  readonly outage: number
  readonly receipt?: string
  readonly quiet: boolean
}

/** Throws {@link UsageError}. */
export function parseScoreOptions(argv: readonly string[]): CommandOptions {
  const values = parseOptions(argv, options)
  const { model } = values
  if (values.server === undefined || model === undefined) throw new UsageError('--server and --model are needed.')
  const server = serverOf(values.server)
  const bits = values['key-size']
  const set = setOf(bits)
  if (bits !== undefined && values.key !== undefined) throw new UsageError('--key-size is for a key that is made here.')
  const scheme = choiceOf(values.scheme)
  if (scheme === 'lattice' && (values.key !== undefined || bits !== undefined)) {
    throw new UsageError('--scheme lattice makes a key for this run: --key and --key-size are for paillier.')
  }
  return {
    server,
    model,
    ...readingOf(values),
    ...savingOf(values),
    outage: integer('--outage', values.outage ?? '1440', 0, 100_000),
    quiet: values.quiet ?? false,
    scheme,
    ...(values.key !== undefined && { key: values.key }),
    ...(set !== undefined && { set }),
    ...(values.receipt !== undefined && { receipt: values.receipt }),
    ...threadsOf(values.threads),
  }
}
