import type { Match } from '../../../reader/matching.ts'
import { counted, numbers } from './numbers.ts'

/** Which column feeds which feature. */
export const match = {
  title: 'Match',
  complete: (columns: number) => `Every one of the model’s ${counted(columns, 'column')} has one in the file.`,
  toChoose: (missing: number, columns: number) => `${counted(missing, 'column')} of the model’s ${columns} to choose.`,
  takeAll: (suggestions: number) => `Use all ${suggestions} suggestions`,
  undo: 'Undo the last change',
  disclose: (columns: number) => (columns === 1 ? '1 column matches' : `${numbers.integer(columns)} columns match`),
  table: 'Matched columns',
  feature: 'The model takes',
  column: 'Column in the file',
  foundBy: 'Found by',
  firstCells: 'First cells',
  allowed: 'Allowed',
  columnFor: (feature: string) => `Column for ${feature}`,
  choose: 'Choose a column',
  /** A column of the file whose name is empty, or another column's too. */
  numbered: (name: string, place: number) => `${name} (column ${place})`.trim(),
  take: (column: string, feature: string) => `Use ${column} for ${feature}`,
  takeAlike: (column: string, alike: number) => `Use “${column}”, ${numbers.percent(alike)} alike`,
  how: {
    name: 'name',
    alias: 'other name',
    chosen: 'you',
    kept: 'you, before',
    none: 'not found',
    ambiguous: 'several fit',
    taken: 'given to another',
  } satisfies Record<Match['how'], string>,
  unused: 'Stays here',
  moreUnused: (columns: number) => counted(columns, 'more column'),
}
