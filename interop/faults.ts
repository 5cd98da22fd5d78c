import { type Fail, type NoFacts, throwError } from '../core/errors.ts'
import type { CoreFaults } from '../core/faults.ts'

/** Why a file of another program is not read, scored or opened, and the facts that a sentence about it needs. */
export interface InteropFaults {
  // JSON
  pheNotJson: { readonly character: number }
  pheNesting: { readonly depth: number }
  pheMemberTwice: { readonly member: string }
  // What stands in it
  pheMember: { readonly member: PheMember }
  pheInteger: { readonly member: PheMember }
  pheGenerator: NoFacts
  pheNoKey: NoFacts
  pheValues: NoFacts
  /** Numbers and records are counted from 1. */
  pheExponent: { readonly number: number; readonly least: number; readonly most: number }
  pheCiphertext: { readonly number: number }
  pheInputs: { readonly record: number; readonly inputs: number; readonly found: number }
  pheNotThisKey: NoFacts
  // Numbers
  pheNumber: { readonly number: number }
  pheTooLarge: NoFacts
  pheOverflow: NoFacts
  // Private keys
  phePrivateKey: NoFacts
  phePrivateOther: NoFacts
}

/** The members of which a sentence may speak; never what stands in one. */
export type PheMember =
  | 'public_key'
  | 'private_key'
  | 'pub'
  | 'values'
  | 'kty'
  | 'alg'
  | 'key_ops'
  | 'n'
  | 'g'
  | 'p'
  | 'q'
  | 'lambda'
  | 'mu'
  | 'v'
  | 'e'

export const fail: Fail<CoreFaults & InteropFaults> = throwError
