import type { Card } from '../../../core/card/card.ts'
import { counted, numbers } from './numbers.ts'

/** The choice of a model, and its card. */
export const model = {
  title: 'Model',
  several: 'Chosen from those that the server has.',
  asking: 'Asking the server for its models…',
  tryAgain: 'Try again',
  lookAgain: 'Look again',
  none: 'Whoever runs it puts model files into its models folder and starts it again.',
}

export const modelCard = {
  predicts: 'Predicts',
  quality: 'Quality',
  stated: ({ metric, value, on }: NonNullable<Card['quality']>) =>
    `${metric} ${numbers.brief(value)}${on ? `, on ${on}` : ''}`,
  notStated: 'not stated',
  fittedOn: 'Fitted on',
  /** "Home equity loans, 4,039 rows". */
  data: ({ name, rows }: NonNullable<Card['data']>) => (rows === undefined ? name : `${name}, ${counted(rows, 'row')}`),
  exactTo: 'Linear predictor exact to',
  source: 'Source of the data',
  licence: 'Its licence',
  version: 'Version of the model',
  card: 'Its card',
  origin: 'Where it comes from',
  takes: (columns: number) => `The ${counted(columns, 'column')} it takes`,
  makes: (columns: number) => `The ${counted(columns, 'column')} made of them in this browser`,
  columns: 'Columns of the model',
  column: 'Column',
  meaning: 'Meaning',
  allowed: 'Allowed',
  whenMissing: 'When it is missing',
  missing: {
    refuse: 'the row is left out',
    impute: (value: string) => `counts as ${value}`,
    keep: 'is scored as missing',
  },
}
