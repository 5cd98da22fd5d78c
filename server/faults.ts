import { type ErrorOf, type Fail, makeError, type NoFacts, type SentError, throwError } from '../core/errors.ts'
import type { CoreFaults } from '../core/faults.ts'

/** Why the server refuses a request or its models, and the facts that a sentence about it needs. */
export interface ServerFaults {
  // A request
  noSuchAddress: NoFacts
  foreignHost: NoFacts
  forwardedTwice: NoFacts
  notByProxy: NoFacts
  accessRequired: NoFacts
  accessRefused: NoFacts
  accessMistyped: NoFacts
  operatorsAlone: NoFacts
  tokenRefused: NoFacts
  tokenExpired: NoFacts
  tokenNamesNobody: NoFacts
  tokenTooLong: { readonly longest: number }
  issuerGone: NoFacts
  certificateTwice: NoFacts
  certificateRefused: NoFacts
  certificateExpired: { readonly on: string }
  accessExpired: { readonly on: string }
  compressedBody: NoFacts
  bodyEnded: NoFacts
  bodyTooLarge: { readonly limit: number }
  bodyNotUtf8: NoFacts
  bodyNesting: { readonly depth: number }
  bodyNotJson: NoFacts
  bodyShape: { readonly member: string | null }
  memberNotBase64url: { readonly member: string }
  mediaType: { readonly accepted: readonly string[] }
  ciphertextNotBase64url: NoFacts
  ciphertextLength: NoFacts
  ciphertextInvalid: NoFacts
  ciphertextCount: { readonly records: number; readonly ciphertexts: number; readonly bytes: number }
  recordCount: { readonly most: number }
  chunkConflict: NoFacts
  fingerprint: NoFacts
  keyUnknown: NoFacts
  keyOfAnotherSet: NoFacts
  schemeNotServed: { readonly served: readonly string[] }
  answersExhausted: { readonly most: number }
  modelUnknown: NoFacts
  modelChanged: NoFacts
  modelNotHeld: NoFacts
  fileOfOtherCard: { readonly model: string; readonly version: string; readonly own: string }
  busy: NoFacts
  budget: { readonly points: number; readonly what: 'records' | 'keys' | 'keyBytes' }
  slotsAboveHour: { readonly slots: number; readonly most: number }
  storeGone: NoFacts
  // The models of a folder
  modelIdTwice: { readonly file: string }
  modelFileTooLarge: NoFacts
  modelFileUnreadable: NoFacts
  /** A model that has to be named, where nobody is asked who they are. */
  modelForNobody: NoFacts
  modelRefused: SentError & { readonly file: string }
  modelsRefused: { readonly folder: string; readonly refusals: readonly (SentError & { readonly file: string })[] }
  noModels: { readonly folder: string }
  folderUnreadable: { readonly folder: string }
  auditGone: NoFacts
  bodyLimit: { readonly bytes: number }
}

/** What a server of its own finds wrong with its files, or a command of its operator: in no page's words. */
export interface OwnFileFaults {
  budgetsUnreadable: { readonly file: string }
  budgetsUnwritable: { readonly folder: string }
  budgetsShape: { readonly file: string }
  modelsRefusedStrictly: {
    readonly folder: string
    readonly refusals: readonly (SentError & { readonly file: string })[]
  }
  ledgerUnreadable: { readonly file: string }
  ledgerUnwritable: { readonly file: string }
  ledgerShape: { readonly file: string }
  secretUnreadable: { readonly file: string }
  secretUnwritable: { readonly file: string }
  secretShape: { readonly file: string }
  secretMissing: { readonly file: string }
  accessFileUnreadable: { readonly file: string }
  accessFileUnwritable: { readonly file: string }
  accessFileShape: { readonly file: string }
  accessFileOtherSecret: { readonly file: string }
  accessFileClear: { readonly file: string }
  accessFileInUse: { readonly file: string }
  accessKeyUnknown: { readonly id: string }
  accessSecretNotKept: NoFacts
  auditUnwritable: { readonly folder: string }
  auditUnreadable: { readonly folder: string }
  auditDamaged: { readonly folder: string }
  auditInUse: { readonly folder: string }
  auditSecretNotKept: NoFacts
}

/** What a server that is one of several refuses: in no page's words. */
export interface SharedFaults {
  keyTokenForeign: NoFacts
  stateWiped: NoFacts
  stateDamaged: { readonly what: string }
  stateUnreachable: { readonly at: string }
  stateGone: { readonly what: string; readonly beside: string }
  stateNotBegun: { readonly at: string }
  stateOfOtherSecret: { readonly at: string }
  stateOfOtherRelease: { readonly at: string }
  stateNotWritten: { readonly at: string }
  stateEvicted: { readonly at: string }
  stateReadOnly: { readonly at: string }
  stateFileShape: { readonly file: string }
}

/** Why nothing comes of a stored run. */
export interface StoredRunFaults {
  runsNotStored: NoFacts
  runUnknown: NoFacts
  runFrozen: NoFacts
  runIncomplete: { readonly missing: readonly number[] }
  runUnanswered: NoFacts
  runChunkFailed: { readonly code: string }
  runsTooMany: { readonly most: number }
  runsTooLarge: { readonly most: number }
  runDamaged: NoFacts
  runStoreGone: NoFacts
  runChunkForeign: NoFacts
  runsKeyUnreadable: { readonly from: string }
  runsKeyShape: { readonly from: string }
  runsKeyOther: { readonly run: string }
  runsFolders: { readonly folder: string }
  runsInUse: { readonly by: 'server' | 'rotation'; readonly pid: number; readonly host: string }
  queueGone: NoFacts
  queueFileShape: { readonly from: string }
  runsKeysForgotten: NoFacts
  runsBucketKey: NoFacts
  /** Its status and, where it says one, its code for that. */
  runsBucketRefused: { readonly status: number; readonly code: string }
}

/** Why nothing comes of a pooled study that its owners leave messages for each other in. */
export interface StudyBoardFaults {
  studiesNotKept: NoFacts
  studyUnknown: NoFacts
  studySpoken: NoFacts
  studyDamaged: NoFacts
  studyTooLarge: { readonly most: number }
  studiesTooMany: { readonly most: number }
  studiesTooLarge: { readonly most: number }
}

type Faults = CoreFaults & ServerFaults & OwnFileFaults & SharedFaults & StoredRunFaults & StudyBoardFaults

export const fail: Fail<Faults> = throwError
export const errorOf: ErrorOf<Faults> = makeError
