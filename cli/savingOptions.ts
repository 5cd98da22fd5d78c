import type { Card } from '../core/card/card.ts'
import type { Threshold } from '../core/card/threshold.ts'
import { decisions } from '../words/en/scoresFile.ts'
import { UsageError } from './command.ts'
import type { Options, parseOptions } from './options.ts'

/** How scores are written, and what is decided by them. */
export const savingOptions = {
  format: { type: 'string', value: 'NAME', about: 'of what is written: csv (default: as the records are), or xlsx' },
  threshold: {
    type: 'string',
    value: 'SCORE',
    about: 'write in each row what is decided of it, in the column "decision"',
  },
  below: { type: 'string', value: 'WORD', about: `the word for scores below it (default: ${decisions.below})` },
  'at-or-above': {
    type: 'string',
    value: 'WORD',
    about: `the word for scores from it on (default: ${decisions.atOrAbove})`,
  },
  response: {
    type: 'string',
    value: 'NAME',
    about: 'which of the model’s scores the threshold is of, where there are several',
  },
} as const satisfies Options

/** What is decided by, before the model is known. */
interface ToldThreshold extends Omit<Threshold, 'response'> {
  readonly response?: string
}

export interface SavingOptions {
  readonly workbook: boolean
  readonly threshold: ToldThreshold | null
}

type Values = ReturnType<typeof parseOptions<typeof savingOptions>>

/** Throws {@link UsageError}. */
export function savingOf(values: Values): SavingOptions {
  const { format = 'csv' } = values
  if (format !== 'csv' && format !== 'xlsx') throw new UsageError('--format is csv or xlsx.')
  return { workbook: format === 'xlsx', threshold: toldThreshold(values) }
}

function toldThreshold(values: Values): ToldThreshold | null {
  const { threshold, below, 'at-or-above': atOrAbove, response } = values
  if (threshold === undefined) {
    if ((below ?? atOrAbove ?? response) === undefined) return null
    throw new UsageError('--below, --at-or-above and --response are for a --threshold.')
  }
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(threshold) || !Number.isFinite(Number(threshold))) {
    throw new UsageError('--threshold takes a number, with a point.')
  }
  const words = { below: below ?? decisions.below, atOrAbove: atOrAbove ?? decisions.atOrAbove }
  return { value: Number(threshold), ...words, ...(response !== undefined && { response }) }
}

/** The threshold on the score that is meant. Throws {@link UsageError}. */
export function thresholdOn({ responses }: Pick<Card, 'responses'>, told: ToldThreshold | null): Threshold | null {
  if (told === null) return null
  const { response: name, ...said } = told
  const names = responses.join(', ')
  if (name === undefined) {
    if (responses.length > 1) throw new UsageError(`--response says which score the threshold is of: ${names}.`)
    return { ...said, response: 0 }
  }
  const response = responses.indexOf(name)
  if (response < 0) throw new UsageError(`--response is one of the model’s scores: ${names}.`)
  return { ...said, response }
}
