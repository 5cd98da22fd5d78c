import { UsageError } from './command.ts'
import { type Options, optionLines, parseOptions } from './options.ts'
import { threadsOf } from './sealingOptions.ts'

const options = {
  in: { type: 'string', value: 'FILE', about: 'the sealed file (.blind)' },
  out: { type: 'string', value: 'FILE', about: 'where the sealed scores go (.scored)' },
  models: { type: 'string', value: 'DIR', about: 'the folder of model files (default: the models that ship)' },
  model: {
    type: 'string',
    value: 'ID',
    about: 'the model to score with (default: the one that the file is sealed for)',
  },
  sender: {
    type: 'string',
    value: 'FINGERPRINT',
    about: 'refuse a file that another sender signed: the digits that the sender told you, 16 at least',
  },
  'secret-file': {
    type: 'string',
    value: 'FILE',
    about: 'as of blindscore serve: the cards are of it, and it signs the scores',
  },
  'ledger-file': { type: 'string', value: 'FILE', about: 'as of blindscore serve' },
  threads: { type: 'string', value: 'N', about: 'compute threads (default: one per core)' },
  quiet: { type: 'boolean', about: 'say nothing but errors' },
} as const satisfies Options

export const usage = `Usage: blindscore score-file --in FILE.blind --out FILE.scored [options]

Scores a sealed file of records: nothing of it can be read here, and its scores are as sealed. All of the file is held against its
sender's signatures before anything is scored. Killed at any point, the same command goes on where it was; FILE.scored is there
only once it is whole.
${optionLines(options)}`

export interface ScoreFileOptions {
  readonly input: string
  readonly output: string
  readonly models?: string
  readonly model?: string
  readonly sender?: string
  readonly secretFile?: string
  readonly ledgerFile?: string
  readonly threads?: number
  readonly quiet: boolean
}

/** Throws {@link UsageError}. */
export function parseScoreFileOptions(argv: readonly string[]): ScoreFileOptions {
  const values = parseOptions(argv, options)
  const { models, model, threads } = values
  if (values.in === undefined || values.out === undefined) throw new UsageError('--in and --out are needed.')
  return {
    input: values.in,
    output: values.out,
    quiet: values.quiet ?? false,
    ...(models !== undefined && { models }),
    ...(model !== undefined && { model }),
    ...senderOf(values.sender, '--sender'),
    ...(values['secret-file'] !== undefined && { secretFile: values['secret-file'] }),
    ...(values['ledger-file'] !== undefined && { ledgerFile: values['ledger-file'] }),
    ...threadsOf(threads),
  }
}

/** The first digits of a fingerprint, however they are spaced. */
export function senderOf(text: string | undefined, name: string): { sender?: string } {
  if (text === undefined) return {}
  const sender = text.replace(/[\s:-]/g, '').toLowerCase()
  if (!/^[0-9a-f]{16,64}$/.test(sender)) throw new UsageError(`${name} takes 16 digits of a fingerprint or more.`)
  return { sender }
}
