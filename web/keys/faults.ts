import type { ClientFaults } from '../../client/faults.ts'
import { type ErrorOf, type Fail, makeError, type NoFacts, throwError } from '../../core/errors.ts'

/** What goes wrong with the key of a page. */
export interface KeyFaults {
  passphraseWrong: NoFacts
  noPassphrase: NoFacts
  noOpenKey: NoFacts
  otherKeyRemembered: NoFacts
  storageTaken: NoFacts
  storageUnavailable: NoFacts
  noNumbersKey: NoFacts
  numbersTooMany: { readonly mebibytes: number }
}

export const fail: Fail<ClientFaults & KeyFaults> = throwError
export const errorOf: ErrorOf<ClientFaults & KeyFaults> = makeError
