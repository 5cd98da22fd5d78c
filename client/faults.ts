import type { Expected } from '../core/card/encode.ts'
import { type ErrorOf, type Facts, type Fail, makeError, type NoFacts, throwError } from '../core/errors.ts'
import type { CoreFaults } from '../core/faults.ts'

/** What goes wrong between an analyst and a server, and the facts that a sentence about it needs. */
export interface ClientFaults {
  insecureContext: NoFacts
  passphraseShort: { readonly least: number }
  backupRefused: NoFacts
  sealerWithoutKey: NoFacts
  keyOfAnotherRun: NoFacts
  keyOfOneRun: NoFacts
  threadEnded: NoFacts
  recordCell: { readonly row: number; readonly column: string; readonly expected: Expected }
  recordMember: { readonly row: number; readonly feature: string; readonly member: string }
  recordCells: { readonly row: number; readonly cells: number }
  noRecords: NoFacts
  notAnAddress: NoFacts
  fieldTooLong: { readonly column: number }
  fieldOpensNot: { readonly column: number }
  sealedWithOther: { readonly found: string; readonly own: string }
  sealedByOther: NoFacts
  schemeChoice: { readonly choices: readonly string[] }
  schemeNotHad: { readonly scheme: string }
  threadCount: { readonly most: number }
  connectionClosed: NoFacts
  answerOfAnother: NoFacts
  answerNotAChunk: NoFacts
  plantedDisagrees: NoFacts
  cardHash: NoFacts
  answerNotUnderstood: NoFacts
  answerForeign: NoFacts
  /** `reason`: what the system says of it, where it tells (Node). */
  serverUnreachable: { readonly reason?: string }
  pageForbidsServer: NoFacts
  serverForbidsPage: NoFacts
  serverSilent: NoFacts
  serverMoved: NoFacts
  apiKeyShape: NoFacts
  noServerThere: NoFacts
  serverSaysNew: { readonly detail: string }
  serverStatus: { readonly status: number }
  serverSays: ServerSays
}

/** What goes wrong of runs that are handed over: a page without such has no sentences for it. */
export interface HandOverFaults {
  handedOverPartly: { readonly stored: number; readonly chunks: number }
  notScoredYet: { readonly answered: number; readonly chunks: number }
  chunkGivenUp: { readonly chunk: number; readonly reason: string }
  recordsOfAnother: NoFacts
  recordsChanged: NoFacts
  runOfOtherKey: { readonly found: string; readonly own: string }
  runReceiptUnread: NoFacts
}

/** What a server said of itself: in its own words, and as a fault that this end may know better words for. */
export type ServerSays = { readonly detail: string; readonly fault: string; readonly facts: Facts }

export const fail: Fail<CoreFaults & ClientFaults & HandOverFaults> = throwError
export const errorOf: ErrorOf<CoreFaults & ClientFaults> = makeError
