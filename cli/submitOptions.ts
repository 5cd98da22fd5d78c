import type { SchemeChoice } from '../client/schemeChoice.ts'
import { UsageError } from './command.ts'
import { type Options, optionLines, parseOptions } from './options.ts'
import { type ReadingOptions, readingOf, readingOptions } from './readingOptions.ts'
import { choiceOf, threadsOf } from './sealingOptions.ts'
import { serverOf, serverOption } from './serverAt.ts'

const options = {
  server: serverOption,
  model: { type: 'string', value: 'ID', about: 'the model to score with' },
  key: {
    type: 'string',
    value: 'BACKUP',
    about: 'the backup of the key that will open the scores; its passphrase is taken from $BLINDSCORE_PASSPHRASE',
  },
  out: {
    type: 'string',
    value: 'RUN',
    about:
      'where to write what is needed to come back to the run. It holds the token by which the server knows whose the run is, ' +
      'so it is for its owner alone',
  },
  ...readingOptions,
  scheme: {
    type: 'string',
    value: 'NAME',
    about:
      'paillier (default), lattice: with a key of the run’s own, which the backup opens as well, or auto: the faster one',
  },
  threads: { type: 'string', value: 'N', about: 'threads that encrypt (default: one per core)' },
  quiet: { type: 'boolean', about: 'say nothing but errors' },
} as const satisfies Options

export const usage = `Usage: blindscore submit --server URL --model ID --key BACKUP --out RUN [options] < records.csv

Reads records from standard input, encrypts them and hands them over to a server that stores runs: it scores them while nobody waits.
Where it was killed, or lost the server, the same command goes on with what the server has not yet got.
"blindscore status RUN" says how far it is, "blindscore fetch RUN" opens the scores, "blindscore discard RUN" deletes all of it.
${optionLines(options)}`

export interface SubmitOptions extends ReadingOptions {
  readonly server: string
  readonly model: string
  readonly key: string
  readonly output: string
  readonly scheme: SchemeChoice
  readonly threads?: number
  readonly quiet: boolean
}

/** Throws {@link UsageError}. */
export function parseSubmitOptions(argv: readonly string[]): SubmitOptions {
  const values = parseOptions(argv, options)
  const { model, key, out: output } = values
  if (model === undefined || key === undefined || output === undefined) {
    throw new UsageError('--server, --model, --key and --out are needed.')
  }
  const scheme = choiceOf(values.scheme)
  return {
    ...readingOf(values),
    server: serverOf(values.server),
    model,
    key,
    output,
    scheme,
    quiet: values.quiet ?? false,
    ...threadsOf(values.threads),
  }
}
