import { type ErrorOf, makeError, type NoFacts } from '../core/errors.ts'

/** What goes wrong between a page and its workers. */
export interface RpcFaults {
  workerEnded: NoFacts
  workerNotStarted: NoFacts
  workersKeepEnding: NoFacts
  noSuchFunction: NoFacts
}

export const errorOf: ErrorOf<RpcFaults> = makeError
