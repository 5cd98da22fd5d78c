import { BlindscoreError, type ErrorCode, type ErrorPlace } from '../core/errors.ts'

/** Why a file of another program cannot be read. */
export interface FormatFaults {
  legacy: { readonly text: string }
}

export function fail(code: ErrorCode, text: string, place?: ErrorPlace): never {
  throw new BlindscoreError(code, 'legacy', { text }, place)
}
