import type { RunReceipt } from '../../client/runReceipt.ts'
import type { Card } from '../../core/card/card.ts'
import type { BlindscoreError } from '../../core/errors.ts'
import type { KeyName } from '../../core/protocol/scheme.ts'

/** A sealed file that is saved: handed out once all of it is there. */
export type SealingState =
  | { readonly status: 'none' | 'saved' }
  | { readonly status: 'sealing'; readonly sealed: number; readonly total: number }
  | { readonly status: 'failed'; readonly error: BlindscoreError }

/** Sealed scores: what they came to. */
export type SealedState =
  | { readonly status: 'none' }
  | { readonly status: 'opening'; readonly name: string; readonly opened: number; readonly total: number }
  | { readonly status: 'failed'; readonly name: string; readonly error: BlindscoreError }
  | { readonly status: 'done'; readonly name: string; readonly opened: OpenedFileOfScores }
  /** Sealed records, as whoever was handed them sees them. */
  | { readonly status: 'records'; readonly file: File; readonly name: string; readonly facts: SealedFacts }

/** What a file of sealed records tells anybody. */
export interface SealedFacts {
  readonly model: string
  readonly records: number
  readonly features: readonly string[]
  readonly sealedColumns: readonly string[]
  readonly tokens: boolean
  readonly key: string
  readonly sender: string
}

/** The scores of a sealed file, opened. */
export interface OpenedFileOfScores {
  readonly card: Card
  readonly key: KeyName
  /** Who signed the records and, if anybody did, the scores: fingerprints. Nobody signs a run that was handed over. */
  readonly sender: string | null
  readonly vendor: string | null
  /** The sealed columns, and their texts record by record. */
  readonly columns: readonly string[]
  readonly texts: readonly (readonly string[])[]
  readonly predictors: Float64Array
  /** The records' numbers in the file, from 1. */
  readonly rows: Uint32Array
  /** Of a run that was fetched: its receipt. */
  readonly receipt?: RunReceipt
}
