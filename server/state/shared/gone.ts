import type { BlindscoreError } from '../../../core/errors.ts'
import { errorOf } from '../../faults.ts'
import { RetryLater } from '../../http/problem.ts'
import type { Log } from '../../log.ts'

/** Seconds after which it is worth another try. */
const retrySeconds = 5

/** What is said of a store that does not do what it is asked: to clients as a problem, and to the operator once. */
export class Gone {
  readonly #log: Log
  #said = ''

  constructor(log: Log) {
    this.#log = log
  }

  /** `reason`: the store's own code for it, and nothing else that it says. */
  error(reason: string, wiped: boolean): RetryLater {
    const told = /^[A-Z0-9_]{2,40}$/.test(reason) ? reason : 'other'
    if (this.#said !== told) this.#log.error({ reason: told, wiped }, 'the shared state does not answer')
    this.#said = told
    return new RetryLater(errorOf('server/store-gone', wiped ? 'stateWiped' : 'storeGone'), retrySeconds)
  }

  /** What it answered. Throws where it was not as it was written. */
  answered(result: readonly unknown[]): void {
    if (this.#said !== '') this.#log.info({}, 'the shared state answers again')
    this.#said = ''
    const [damaged, what] = result
    if (damaged !== 'damaged') return
    throw this.damaged(`${what}`)
  }

  /** Tells the operator of what is not as it was written, or is gone; the error says so to who asks. */
  damaged(what: string): RetryLater {
    const error = errorOf('server/store-gone', 'stateDamaged', { what })
    this.#log.error(
      { code: error.code, fault: error.fault, what },
      'what lay in the shared state was altered or put back',
    )
    return new RetryLater(error, retrySeconds)
  }
}

/** Where a store is, without who asks there. */
export function placeOf(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

export function unreachable(url: string): BlindscoreError {
  return errorOf('server/store-gone', 'stateUnreachable', { at: placeOf(url) })
}
