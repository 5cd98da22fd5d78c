import type { Card } from '../core/card/card.ts'
import type { FileFormat } from './format.ts'
import type { Preview } from './inspect.ts'
import type { TableFacts } from './plainCsv.ts'
import type { Repair } from './repairs.ts'

/** In place of a column: the file has none, and a person gave one value for all records (a repair of the kind `value`). */
export const noColumn = -1

/** How a file's records reach a model: the file's format, the model's card, and which column feeds each feature. */
export interface Plan {
  readonly format: FileFormat
  readonly card: Card
  /** Per feature of the card, the index of its column in the file, or {@link noColumn}. */
  readonly columns: readonly number[]
  /** Columns in the header row. */
  readonly width: number
  /** The header's cells: a row that repeats them is no record. */
  readonly header?: readonly string[]
  /** What the person said of cells that are written otherwise, in the order in which it was said. */
  readonly repairs: readonly Repair[]
  /** A record has something in its first column, as nearly all of the first ones do. */
  readonly keyed?: boolean
  /** Records' first cells begin with "#", so that one that does is no comment. */
  readonly marked?: boolean
  /** What the file says of its cells beside their texts, where it is no text. */
  readonly table?: TableFacts
  /** Rows that look like sums or means of others are records all the same. */
  readonly totals?: 'score'
  /** Rows below another header are records of the same table all the same. */
  readonly tables?: 'score'
}

/** The columns that the file has for features. */
export function ownColumns({ columns }: Pick<Plan, 'columns'>): number[] {
  return columns.filter((column) => column !== noColumn)
}

/** The plan of a file as its first rows show it, before anything was said of its cells. */
export function planOf(card: Card, preview: Preview, columns: readonly number[], table: TableFacts | null): Plan {
  const { format, header, keyed, marked } = preview
  const facts = table && { table: { markedTexts: table.markedTexts, totals: table.totals } }
  return { format, card, columns, width: header.length, header, keyed, marked, repairs: [], ...facts }
}
