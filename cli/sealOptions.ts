import type { SchemeChoice } from '../client/schemeChoice.ts'
import { UsageError } from './command.ts'
import { type Options, optionLines, parseOptions } from './options.ts'
import { type ReadingOptions, readingOf, readingOptions } from './readingOptions.ts'
import { choiceOf, threadsOf } from './sealingOptions.ts'

const options = {
  model: {
    type: 'string',
    value: 'CARD',
    about: 'the card of the model: a file, or its address at a server (http://…/v1/models/ID)',
  },
  key: {
    type: 'string',
    value: 'BACKUP',
    about: 'the backup of the key to seal with; its passphrase is taken from $BLINDSCORE_PASSPHRASE',
  },
  out: {
    type: 'string',
    value: 'FILE',
    about:
      'where the sealed file goes (default: standard output). With it, a command that was killed goes on where it was',
  },
  identity: {
    type: 'string',
    value: 'COLUMN',
    multiple: true,
    about: 'a column of the file that goes along sealed, and comes back with the scores (repeatable; default: none)',
  },
  link: {
    type: 'string',
    value: 'COLUMN',
    multiple: true,
    about:
      'a column that link tokens are made of (repeatable; default: no tokens). Whoever has the file then sees which records are ' +
      'of one person, and how many each has, in this file and in others under the same --link-name',
  },
  'link-name': {
    type: 'string',
    value: 'NAME',
    about: 'whom the tokens are for, and since when: another name has tokens that nobody can join with these',
  },
  scheme: {
    type: 'string',
    value: 'NAME',
    about:
      'paillier (default), lattice: with a key of the file’s own, which the backup opens as well, or auto: the faster one',
  },
  ...readingOptions,
  threads: { type: 'string', value: 'N', about: 'threads that encrypt (default: one per core)' },
  quiet: { type: 'boolean', about: 'say nothing but errors' },
} as const satisfies Options

export const usage = `Usage: blindscore seal --model CARD --key BACKUP [options] < records.csv > records.blind

Reads records from standard input and writes a sealed file of them, signed: whoever has it can have it scored and can read nothing
of it. Only the key opens the scores.
${optionLines(options)}`

export interface SealOptions extends ReadingOptions {
  readonly model: string
  readonly key: string
  readonly output?: string
  readonly identity: readonly string[]
  readonly link: readonly string[]
  readonly linkName?: string
  readonly scheme: SchemeChoice
  readonly threads?: number
  readonly quiet: boolean
}

/** Throws {@link UsageError}. */
export function parseSealOptions(argv: readonly string[]): SealOptions {
  const values = parseOptions(argv, options)
  const { model, key, out, link = [] } = values
  const linkName = values['link-name']
  if (model === undefined || key === undefined) throw new UsageError('--model and --key are needed.')
  if (link.length > 0 !== (linkName !== undefined)) throw new UsageError('--link and --link-name go together.')
  const scheme = choiceOf(values.scheme)
  return {
    ...readingOf(values),
    model,
    key,
    scheme,
    link,
    identity: values.identity ?? [],
    quiet: values.quiet ?? false,
    ...(out !== undefined && { output: out }),
    ...(linkName !== undefined && { linkName }),
    ...threadsOf(values.threads),
  }
}
