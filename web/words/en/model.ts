import type { Card, Feature } from '../../../core/card/card.ts'
import { counted, numbers } from './numbers.ts'

/** The choice of a model, and its card. */
export const model = {
  title: 'Model',
  several: 'Chosen from those that the server has.',
  asking: 'Asking the server for its models…',
  tryAgain: 'Try again',
  search: 'Search the models',
  found: (shown: number, found: number) =>
    shown < found ? `The first ${shown} of ${counted(found, 'model')}: type to find one.` : counted(found, 'model'),
  fits: (matched: number, total: number) =>
    `The file has ${numbers.integer(matched)} of its ${counted(total, 'column')}`,
  lookAgain: 'Look again',
  none: 'Whoever runs it puts model files into its models folder.',
}

/** What a cell of no known value, or of no number, becomes by the card. */
function becomes({ type }: Feature, as: string | null): string {
  if (as !== null) return `counts as ${as}`
  return type === 'category' ? 'counts as none of the known values' : 'counts as missing'
}

/** A cell of no known value, of no number or out of range: what the card makes of it. */
function policiesOf(feature: Feature, reference: string | null): string[] {
  if (feature.type === 'category') {
    const { unknown } = feature
    if (unknown === 'refuse') return ['an unknown value: the row is left out']
    if (unknown === 'missing') return ['an unknown value counts as missing']
    const level = unknown === 'reference' ? reference : unknown.level
    return [`an unknown value counts as ${level ?? 'none of the known ones'}`]
  }
  const { outside, invalid, min, max } = feature
  return [
    {
      refuse: 'out of range: the row is left out',
      clamp: `out of range: counts as ${min} or ${max}`,
      missing: 'out of range: counts as missing',
    }[outside],
    { refuse: 'no number: the row is left out', missing: 'no number: counts as missing' }[invalid],
  ]
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
  origin: 'Where it comes from, and how exactly it computes',
  takes: (columns: number) => `The ${counted(columns, 'column')} it takes`,
  makes: (columns: number) => `The ${counted(columns, 'column')} made of them in this browser`,
  columns: 'Columns of the model',
  column: 'Column',
  meaning: 'Meaning',
  allowed: 'Allowed',
  whenMissing: 'When it is missing',
  otherwise: 'When it is something else',
  /** What becomes of cells that are not as they should be, beside missing ones. */
  policiesOf,
  becomes,
  missing: {
    refuse: 'the row is left out',
    impute: (value: string) => `counts as ${value}`,
    keep: 'is scored as missing',
  },
}
