import type { BlindscoreError } from '../../core/errors.ts'
import { errorOf } from '../../rpc/faults.ts'

/** What the page's workers proved of their isolation from the network. */
export type Isolation =
  | { readonly status: 'unknown' }
  /** Every worker so far has proven it, the last one at that time. */
  | { readonly status: 'proven'; readonly at: Date }
  /** One could not prove it: it got nothing. */
  | { readonly status: 'open'; readonly error: BlindscoreError }

let isolation: Isolation = { status: 'unknown' }
const listeners = new Set<(isolation: Isolation) => void>()

export function noteIsolation(proven: boolean): void {
  if (isolation.status === 'open') return
  isolation = proven ? { status: 'proven', at: new Date() } : { status: 'open', error: networkOpen() }
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
