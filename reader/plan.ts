import type { Card } from '../core/card/card.ts'
import type { FileFormat } from './format.ts'
import type { Repair } from './repairs.ts'

/** How a file's records reach a model: the file's format, the model's card, and which column feeds each feature. */
export interface Plan {
  readonly format: FileFormat
  readonly card: Card
  /** Per feature of the card, the index of its column in the file. */
  readonly columns: readonly number[]
  /** Columns in the header row. */
  readonly width: number
  /** The header's cells: a row that repeats them is no record. */
  readonly header?: readonly string[]
  /** What the person said of cells that are written otherwise, in the order in which it was said. */
  readonly repairs: readonly Repair[]
  /** A record has something in its first column, as nearly all of the first ones do. */
  readonly keyed?: boolean
  /** Rows that look like sums or means of others are records all the same. */
  readonly totals?: 'score'
}
