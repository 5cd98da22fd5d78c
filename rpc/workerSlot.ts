import { asBlindscoreError } from '../core/errors.ts'
import { errorOf } from './faults.ts'
import type { RpcHost } from './rpcHost.ts'

/** So many workers may end in so many milliseconds without having answered anything; then no other is started. */
const mostLost = 4
const lostWithin = 60_000

/** Codes of calls that say nothing of a worker's life, or that it ended before it did anything. */
const endings: ReadonlySet<string> = new Set([
  'platform/worker-died',
  'platform/network-open',
  'platform/page-restricted',
  'run/out-of-date',
  'run/cancelled',
])

/** A place for one worker: it is started when it is first asked for, and another one when it has ended. */
export class WorkerSlot<Api> {
  readonly #open: () => RpcHost<Api>
  readonly #onLost: () => void
  #host: RpcHost<Api> | null = null
  #over = false
  /** When workers ended since one of them last answered. */
  #lost: number[] = []

  /** `onLost` hears of a worker that has ended by itself, before the next one is started. */
  constructor(open: () => RpcHost<Api>, onLost: () => void = () => {}) {
    this.#open = open
    this.#onLost = onLost
  }

  /** The worker. Where workers do nothing but end, as when their script is gone, one whose calls say so. */
  get host(): RpcHost<Api> {
    if (this.#host) return this.#host
    const since = performance.now() - lostWithin
    this.#lost = this.#lost.filter((at) => at > since)
    if (this.#lost.length >= mostLost) return gone()
    const host = this.#watched(this.#open())
    this.#host = host
    void host.ended.then(() => {
      this.#host = null
      this.#lost.push(performance.now())
      if (!this.#over) this.#onLost()
    })
    return host
  }

  end(): void {
    this.#over = true
    this.#host?.end()
  }

  /** A host whose answers, refusals included, count as signs of life. */
  #watched(host: RpcHost<Api>): RpcHost<Api> {
    const alive = (): void => {
      this.#lost = []
    }
    return {
      ended: host.ended,
      end: () => host.end(),
      call: (use, signal) => {
        const call = host.call(use, signal)
        call.then(alive, (thrown) => {
          const { code } = asBlindscoreError(thrown)
          if (!endings.has(code)) alive()
        })
        return call
      },
    }
  }
}

function gone(): RpcHost<never> {
  return {
    ended: Promise.resolve(),
    end: () => {},
    call: () => Promise.reject(errorOf('platform/worker-died', 'workersKeepEnding')),
  }
}
