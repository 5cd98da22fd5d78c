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

  /** It answers. */
  over(): void {
    if (this.#said !== '') this.#log.info({}, 'the shared state answers again')
    this.#said = ''
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
