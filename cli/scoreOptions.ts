import { parameterSets } from '../core/protocol/schemes.ts'
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
standard output: the file that the page's "Download CSV" gives. The server sees ciphertexts alone.
${optionLines(options)}`

export interface CommandOptions {
  readonly server: string
  readonly model: string
  readonly columns: ReadonlyMap<string, string>
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
    columns: new Map((values.column ?? []).map(columnOf)),
    quiet: values.quiet ?? false,
    ...(values['left-out'] !== undefined && { leftOut: values['left-out'] }),
    ...(values.key !== undefined && { key: values.key }),
    ...(set !== undefined && { set }),
    ...(threads !== undefined && { threads: Number(threads) }),
  }
}

function columnOf(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError('--column takes FEATURE=NAME.')
  return [text.slice(0, at), text.slice(at + 1)]
}
