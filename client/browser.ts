import { Connection, type ConnectionOptions } from './connection.ts'
import { Key } from './owner/key.ts'
import { ownSealers } from './owner/ownSealers.ts'
import { workerSealers } from './owner/workerSealers.ts'

/** The client for browsers. */

export interface ConnectOptions extends ConnectionOptions {
  /** A key of one's own; it stays the caller's to dispose of. Without it one is made, for this connection. */
  readonly key?: Key
}

/** A connection to a scoring server. Nothing is sent before something is asked. */
export function connect(address: string | URL, options: ConnectOptions = {}): Connection {
  return new Connection(
    String(address),
    (set) => ownSealers(options.key, set, (key) => workerSealers(key, options.threads)),
    options,
  )
}

export type { Card } from '../core/card/card.ts'
export type { CellFormat, CellProblem, Expected } from '../core/card/encode.ts'
export { BlindscoreError, type ErrorCode, type ErrorPlace, type Facts } from '../core/errors.ts'
export type { PublicKey } from '../core/protocol/scheme.ts'
export type { Checkpoint } from '../files/checkpoint.ts'
export type { Connection, Score, ScoreOptions } from './connection.ts'
export type { Progress } from './progress.ts'
export type { ClientRecord, OnProblem } from './records.ts'
export type { SchemeChoice } from './schemeChoice.ts'
export { type Exchange, type ModelList, ServerProblem } from './server.ts'
export { Key }
