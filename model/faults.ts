import type { Expected } from '../core/card/encode.ts'
import type { Unmet } from '../core/card/expectation.ts'
import type { LinkProblem } from '../core/card/link.ts'
import { type Fail, type NoFacts, throwError } from '../core/errors.ts'
import type { ShapeFault } from './shape.ts'

type OfColumn = { readonly column: string }
/** The features without a range whose ranges would make room, the first eight by name. */
type Unstated = { readonly unstated: readonly string[]; readonly count: number }
type OfTerm = { readonly term: number; readonly feature: string }

/** Why a model file is not fit to be served, and the facts that a sentence about it needs. */
export interface ModelFaults {
  // The file
  modelJson: { readonly line: number | null }
  memberTwice: { readonly name: string; readonly line: number }
  /** What `format` says where it does not say that this is a model file; null where it says nothing. */
  modelFormat: { readonly format: string | null }
  modelShape: ShapeFault
  cardShape: ShapeFault
  /** Where a card is wanted; `isModel` says that it is a vendor's model file. */
  notACard: { readonly isModel: boolean }
  nameTwice: { readonly name: string }
  // Columns
  aliasTwice: OfColumn & { readonly alias: string; readonly other: string }
  rangeReversed: OfColumn
  rangeStep: OfColumn
  rangeSteps: OfColumn & { readonly bits: number }
  stepPower: OfColumn
  cardStep: OfColumn & { readonly exponent: number; readonly most: number }
  missingLevel: OfColumn
  unknownLevel: OfColumn
  missingNumber: OfColumn
  missingRange: OfColumn
  missingStep: OfColumn
  missingKept: OfColumn
  nothingWeighed: { readonly columns: number }
  // Terms
  termFeature: OfTerm
  termNeedsLevel: OfTerm
  termLevel: OfTerm & { readonly level: string }
  termLevelTwice: OfTerm & { readonly level: string }
  termOfNumber: OfTerm
  termTwice: OfTerm
  // Responses and reasons
  link: LinkProblem
  responseCount: { readonly given: number; readonly named: number }
  reasonHeads: NoFacts
  reasonColumn: { readonly head: string; readonly column: string }
  reasonCode: { readonly head: string; readonly level: string }
  // The budget
  roundingBudget: OfColumn
  weightBits: OfColumn & Unstated
  noRecordFits: OfColumn & Unstated & { readonly bits: number }
  scaleBits: { readonly bits: number }
  stepTooFine: OfColumn & { readonly exponent: number }
  // The verification records
  packedPath: { readonly head: string }
  verificationRecord: { readonly record: number; readonly why: VerificationFault }
}

/** What a verification record shows to be wrong. */
export type VerificationFault =
  | Unmet
  | { readonly what: 'absent' }
  | { readonly what: 'stranger'; readonly name: string }
  | { readonly what: 'cell'; readonly name: string; readonly code: string; readonly expected: Expected }

export const fail: Fail<ModelFaults> = throwError
