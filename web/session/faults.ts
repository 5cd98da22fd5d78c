import { type ErrorOf, type Fail, makeError, type NoFacts, throwError } from '../../core/errors.ts'
import type { ReaderFaults } from '../../reader/faults.ts'

/** What goes wrong on the page itself, and the facts that a sentence about it needs. */
export interface SessionFaults {
  noKeyHere: NoFacts
  runWaitsForKey: NoFacts
  runLostItsKey: NoFacts
  runOfAnotherKey: NoFacts
  runKeyLost: NoFacts
  deviceOffline: NoFacts
  sealedNeedsKey: NoFacts
  serverHasNoModels: NoFacts
  serverHasNoModel: { readonly id: string }
  clipboardDeniedForScores: NoFacts
  clipboardEmpty: NoFacts
  sampleUnreachable: NoFacts
  rangesAlone: NoFacts
}

/** What goes wrong of runs that are handed over: the page has sentences for it once it shows such. */
export interface HandedRunFaults {
  runOfOtherServer: { readonly server: string }
  runNeedsKey: NoFacts
  runKeyOfTab: NoFacts
}

export const fail: Fail<ReaderFaults & SessionFaults & HandedRunFaults> = throwError
export const errorOf: ErrorOf<ReaderFaults & SessionFaults & HandedRunFaults> = makeError
