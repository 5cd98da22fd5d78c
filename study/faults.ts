import { type Fail, type NoFacts, throwError } from '../core/errors.ts'
import type { ShapeFault } from '../model/shape.ts'

/** Why a study goes no further, and the facts that a sentence about it needs. */
export interface StudyFaults {
  // The study's file
  studyJson: NoFacts
  studyShape: ShapeFault
  studyTerm: { readonly term: string }
  studyTermTwice: { readonly term: string }
  studyRange: { readonly column: string }
  studyEvent: NoFacts
  studyOutcome: { readonly family: string }
  studyOutcomeAmongTerms: { readonly column: string }
}

export const fail: Fail<StudyFaults> = throwError
