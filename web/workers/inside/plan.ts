import type { Card } from '../../../core/card.ts'
import type { FileFormat } from './format.ts'

/** How a file's records reach a model: the file's format, the model's card, and which column feeds each feature. */
export interface Plan {
  readonly format: FileFormat
  readonly card: Card
  /** Per feature of the card, the index of its column in the file. */
  readonly columns: readonly number[]
  /** Columns in the header row. */
  readonly width: number
}
