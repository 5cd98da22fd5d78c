import type { BlindscoreError } from '../../core/errors.ts'
import { errorOf } from '../../rpc/faults.ts'

/** What the page's workers proved of their isolation from the network. */
export type Isolation =
  | { readonly status: 'unknown' }
  /** Every worker so far has proven it, the last one at that time. */
  | { readonly status: 'proven'; readonly at: Date }
  /** One could not prove it, or could not be started at all: it got nothing. */
  | { readonly status: 'refused'; readonly error: BlindscoreError }

let isolation: Isolation = { status: 'unknown' }
const listeners = new Set<(isolation: Isolation) => void>()

/** That a worker has proven it, or why one got nothing, which is not forgotten. */
export function noteIsolation(error: BlindscoreError | null): void {
  if (isolation.status === 'refused') return
  isolation = error === null ? { status: 'proven', at: new Date() } : { status: 'refused', error }
  for (const listener of listeners) listener(isolation)
}

/** Tells a listener what is known now, and of every change. */
export function onIsolation(listener: (isolation: Isolation) => void): void {
  listeners.add(listener)
  listener(isolation)
}

export function networkOpen(): BlindscoreError {
  return errorOf('platform/network-open', 'workerHasNetwork')
}
