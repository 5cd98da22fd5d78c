import { type ErrorOf, type Fail, makeError, type NoFacts, throwError } from '../core/errors.ts'

/** What goes wrong between a page and its workers. */
export interface RpcFaults {
  workerEnded: NoFacts
  workerNotStarted: NoFacts
  workersKeepEnding: NoFacts
  noSuchFunction: NoFacts
  workerHasNetwork: NoFacts
}

export const errorOf: ErrorOf<RpcFaults> = makeError
export const fail: Fail<RpcFaults> = throwError
