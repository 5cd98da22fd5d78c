import { expressionText } from './expression.ts'
import { counted } from './numbers.ts'

/** The columns that are made of others. */
export const derivedColumns = {
  title: 'Columns made of others',
  column: 'Column',
  madeAs: 'Made as',
  meaning: 'Meaning',
  expression: expressionText,
  more: (count: number) => `And ${counted(count, 'more column')}.`,
}
