import { type ErrorOf, type Fail, makeError, type NoFacts, throwError } from '../core/errors.ts'

/** What goes wrong between a page and its workers. */
export interface RpcFaults {
  workerEnded: NoFacts
  workerNotStarted: NoFacts
  workersKeepEnding: NoFacts
  noSuchFunction: NoFacts
  workerHasNetwork: NoFacts
  /** The browser starts no worker of this page: because it was opened from a disk, or by this directive of a policy. */
  workersRefused: { readonly fromDisk: boolean; readonly directive: string | null }
  /** A script of this page is no longer where the page came from. */
  scriptGone: NoFacts
}

export const errorOf: ErrorOf<RpcFaults> = makeError
export const fail: Fail<RpcFaults> = throwError
