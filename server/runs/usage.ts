import { errorOf, fail } from '../faults.ts'
import { busy, RetryLater } from '../http/problem.ts'
import type { Limits } from '../limits.ts'
import { sumOf, Usage } from '../sealed/usage.ts'
import { withinShare } from '../state/share.ts'

/** The bounds on stored runs. */
export class RunUsage extends Usage {
  readonly #limits: Pick<Limits, 'runsPerClient' | 'runBytesPerClient' | 'runBytes'>
  readonly #now: () => number

  constructor(limits: Pick<Limits, 'runsPerClient' | 'runBytesPerClient' | 'runBytes'>, now: () => number) {
    super()
    this.#limits = limits
    this.#now = now
  }

  /** Throws `run/too-many` for one run more than a client may have stored. */
  mayCreate(client: string): void {
    const most = this.#limits.runsPerClient
    const own = this.ofClient(client)
    if (own.length < most) return
    const first = Math.min(...own.map(({ expires }) => expires))
    const seconds = Math.max(1, Math.ceil((first - this.#now()) / 1000))
    throw new RetryLater(errorOf('run/too-many', 'runsTooMany', { most }), seconds)
  }

  /** Throws `request/too-large` for more bytes than a client may have stored, `request/busy` for more than all may. */
  mayStore(client: string, bytes: number): void {
    const most = this.#limits.runBytesPerClient
    const own = sumOf(this.ofClient(client))
    if (own + bytes > most) fail('request/too-large', 'runsTooLarge', { most })
    if (!withinShare(own, bytes, this.bytes, this.#limits.runBytes)) busy()
  }
}
