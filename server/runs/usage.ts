import { errorOf, fail } from '../faults.ts'
import { busy, RetryLater } from '../http/problem.ts'
import type { Limits } from '../limits.ts'
import { withinShare } from '../state/share.ts'

/** What is stored of a run, for the bounds on it. */
export interface RunUse {
  readonly client: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly expires: number
}

/**
 * How many runs clients have stored, and of how many bytes. What this process does is known at once; what others do once it has looked
 * at the store again (`housekeeping.ts`).
 */
export class RunUsage {
  readonly #limits: Pick<Limits, 'runsPerClient' | 'runBytesPerClient' | 'runBytes'>
  readonly #now: () => number
  readonly #runs = new Map<string, RunUse>()

  constructor(limits: Pick<Limits, 'runsPerClient' | 'runBytesPerClient' | 'runBytes'>, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  get runs(): readonly string[] {
    return [...this.#runs.keys()]
  }

  of(run: string): RunUse | undefined {
    return this.#runs.get(run)
  }

  note(run: string, use: RunUse | null): void {
    if (use === null) this.#runs.delete(run)
    else this.#runs.set(run, use)
  }

  /** Throws `run/too-many` for one run more than a client may have stored. */
  mayCreate(client: string): void {
    const most = this.#limits.runsPerClient
    const own = this.#ofClient(client)
    if (own.length < most) return
    const first = Math.min(...own.map(({ expires }) => expires))
    const seconds = Math.max(1, Math.ceil((first - this.#now()) / 1000))
    throw new RetryLater(errorOf('run/too-many', 'runsTooMany', { most }), seconds)
  }

  /** Throws `request/too-large` for more bytes than a client may have stored, `request/busy` for more than all may. */
  mayStore(client: string, bytes: number): void {
    const most = this.#limits.runBytesPerClient
    const own = sumOf(this.#ofClient(client))
    if (own + bytes > most) fail('request/too-large', 'runsTooLarge', { most })
    if (!withinShare(own, bytes, sumOf([...this.#runs.values()]), this.#limits.runBytes)) busy()
  }

  #ofClient(client: string): RunUse[] {
    return [...this.#runs.values()].filter((use) => use.client === client)
  }
}

function sumOf(uses: readonly RunUse[]): number {
  return uses.reduce((sum, { bytes }) => sum + bytes, 0)
}
