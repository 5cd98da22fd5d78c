import type { Card } from '../core/card/card.ts'

/** Some records as integers, and where they stand. */
export interface EncodedBlock {
  /** inputs × capacity integers, input by input; the places after `records` are zero. */
  readonly integers: Float64Array
  readonly capacity: number
  readonly records: number
  /** Where the block stands among the records that are scored, from 0. */
  readonly at: number
  /** Each record's row in its file, or its number. */
  readonly rows: Uint32Array
  /** Texts of each record's row, where some columns were asked for. */
  readonly texts?: readonly (readonly string[])[]
}

/** A run's records, pulled block by block by whoever is free. */
export interface BlockSource {
  /** The next block, or null at the end. */
  next(signal: AbortSignal): Promise<EncodedBlock | null>
}

/** What stands on every chunk of a run. */
export interface RunHeader {
  readonly card: Card
  /** Of the key, in hexadecimal. */
  readonly fingerprint: string
  /** 16 random bytes. */
  readonly run: Uint8Array
}
