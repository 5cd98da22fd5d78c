import { type ErrorOf, type Fail, makeError, type NoFacts, throwError } from '../core/errors.ts'
import type { ShapeFault } from '../model/shape.ts'

/** Why a study goes no further, and the facts that a sentence about it needs. */
export interface StudyFaults {
  // The study's file
  studyJson: NoFacts
  studyShape: ShapeFault
  studyTerm: { readonly term: string }
  studyTermTwice: { readonly term: string }
  /** A product of columns is a term, and what is left without one of them is none. */
  studyMargin: { readonly term: string; readonly margin: string }
  studyNoPower: { readonly column: string }
  studyTermsMost: { readonly most: number }
  /** Orthogonal polynomials where coefficients of powers are meant. */
  studyOrthogonal: { readonly term: string }
  studyRange: { readonly column: string }
  studyEvent: NoFacts
  studyOutcome: { readonly family: string }
  studyOutcomeAmongTerms: { readonly column: string }
  // A vendor's model adapted
  adaptCard: NoFacts
  adaptColumn: { readonly column: string }
  adaptFile: NoFacts
  adaptOther: { readonly model: string; readonly version: string }
  // Outcomes elsewhere
  studyRecords: { readonly records: number; readonly least: number }
  studyColumns: { readonly records: number; readonly columns: number; readonly most: number }
  studyCells: { readonly column: string; readonly least: number }
  studyLink: { readonly family: string; readonly links: readonly string[] }
  studyNoNumber: { readonly column: string }
  studyWeights: { readonly column: string }
  /** Of a family that takes none, of what is no count, or beside weights. */
  studyFailures: { readonly column: string }
  studySumsOnly: NoFacts
  studyBits: { readonly readable: number; readonly records: number }
  studyExactOnly: NoFacts
  notSealed: NoFacts
  unmatchedRecords: { readonly count: number; readonly rows: readonly number[] }
  outcomesGiven: { readonly study: string; readonly records: number }
  ledgerUnread: NoFacts
  notAnAnswer: NoFacts
  answerElsewhere: NoFacts
  answerImpossible: NoFacts
  recordsChanged: NoFacts
  answerOpened: NoFacts
  sealedUnanswered: NoFacts
  studyKeyUnread: NoFacts
  // Pooling
  poolOwners: { readonly least: number; readonly most: number }
  poolPlain: NoFacts
  poolFirst: NoFacts
  poolShare: NoFacts
  poolLevels: { readonly column: string; readonly least: number }
  poolOutcomes: { readonly column: string; readonly least: number }
  poolLeverage: { readonly count: number; readonly records: readonly number[] }
  poolPatterns: { readonly least: number }
  poolSteered: NoFacts
  poolRows: { readonly study: string; readonly rows: number; readonly least: number }
  poolRoster: { readonly study: string; readonly least: number }
  poolJoined: NoFacts
  poolOverflow: NoFacts
  poolSignature: NoFacts
  poolCommitment: NoFacts
  poolNotAmong: NoFacts
  poolCode: NoFacts
  poolDisagree: NoFacts
  poolMissing: NoFacts
  poolLeft: NoFacts
  poolSpoken: NoFacts
  /** What the rounds of a pool do not come to the end of. */
  poolRehearsed: { readonly family: string; readonly link: string; readonly rounds: number }
  poolNumbers: { readonly most: number }
  /** Coefficients, the intercept's counted, and how many there are room for. */
  poolTooLarge: { readonly coefficients: number; readonly owners: number; readonly most: number }
  poolRelease: NoFacts
  poolRowsChanged: NoFacts
  /** SHA-256 of what is asked consent to. */
  poolConsent: { readonly digest: string }
  poolConsentOther: NoFacts
  poolTab: NoFacts
  poolNotKept: NoFacts
}

export const fail: Fail<StudyFaults> = throwError
export const errorOf: ErrorOf<StudyFaults> = makeError
