import { type Fail, type NoFacts, throwError } from '../core/errors.ts'

/** What a platform lacks. */
export interface PlatformFaults {
  noRandom: NoFacts
}

export const fail: Fail<PlatformFaults> = throwError
