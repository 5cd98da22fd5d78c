import { RunControl } from '../client/control.ts'
import type { Progress } from '../client/progress.ts'
import type { RunOptions } from '../client/score.ts'
import type { Card } from '../core/card/card.ts'
import type { BlindscoreError, ErrorCode } from '../core/errors.ts'
import type { Say } from './say.ts'

type Held = Pick<RunOptions, 'control' | 'onProgress' | 'onStuck'>

/** What keeps a server from answering, and is no limit of this client's. */
const outages: ReadonlySet<ErrorCode> = new Set(['run/offline', 'server/store-gone', 'access/issuer'])

/** What may be waited for, where nobody sits who could mend it. */
interface Waits {
  /** Told when the server says that it is worth another try, which is made then. */
  readonly onWait?: (until: Date) => void
  /**
   * Asked where a server was asked several times in vain, and says or not when it is worth another try: milliseconds until it is asked
   * again, null to end, undefined where it is no outage to wait for.
   */
  readonly onOutage?: (error: BlindscoreError, until: number | null) => number | null | undefined
}

/** Runs something where nobody sits who could mend it: what was tried several times in vain, and is not waited for, ends it. */
export async function unattended<T>(
  work: (held: Held, signal: AbortSignal) => Promise<T>,
  { onWait, onOutage }: Waits = {},
  stop = new AbortController(),
): Promise<T> {
  const control = new RunControl()
  let stuck: BlindscoreError | null = null
  let waiting: NodeJS.Timeout | undefined
  const onStuck = (error: BlindscoreError, until: number | null = null): void => {
    const wait = waitOf(error, until)
    if (wait === null) {
      stuck = error
      stop.abort()
      return
    }
    clearTimeout(waiting)
    waiting = setTimeout(() => control.resume(), wait)
  }
  const waitOf = (error: BlindscoreError, until: number | null): number | null => {
    const isOutage = outages.has(error.code) || (error.code === 'request/busy' && until === null)
    const wait = isOutage ? onOutage?.(error, until) : undefined
    if (wait !== undefined) return wait
    if (until === null || !onWait) return null
    onWait(new Date(until))
    return Math.max(0, until - Date.now())
  }
  return work({ control, onProgress: () => {}, onStuck }, stop.signal)
    .catch((thrown: unknown) => {
      throw stuck ?? thrown
    })
    .finally(() => clearTimeout(waiting))
}

/** Runs what ends at a word of who sits there, or of who ends its process: the first stops it, and a second one the command itself. */
export async function untilInterrupted<T>(work: (stop: AbortController) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const end = (): void => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
  try {
    return await work(stop)
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end)
  }
}

/** Says of a wait when it is over. */
export const sayWait =
  (say: Say) =>
  (until: Date): void =>
    say(`The server takes no more before ${until.toTimeString().slice(0, 5)}: waiting.`)

/** Milliseconds after which a server that does not answer is asked again, several times as a run asks. */
const outageMs = 10_000

/**
 * The waits of a live run: for the next hour, and for the end of an outage, for so many minutes at most. What was answered was paid for, so
 * it is not let go of; before anything was, nothing is lost by the run's end.
 */
export function waitsOf(answered: () => number, records: number, minutes: number, say: Say): Required<Waits> {
  let outage: { readonly since: number; readonly answered: number } | null = null
  return {
    onWait(until) {
      // The server answers.
      outage = null
      sayWait(say)(until)
    },
    onOutage({ code }, until) {
      const count = answered()
      if (count === 0) return undefined
      const now = Date.now()
      if (outage?.answered !== count) {
        outage = { since: now, answered: count }
        if (minutes > 0)
          say(
            `The server does not answer (${code}): waiting for it. ${count} of ${records} records were answered, and are kept.`,
          )
      }
      return now - outage.since < 60_000 * minutes ? Math.max(outageMs, (until ?? 0) - now) : null
    },
  }
}

/** The linear predictors of all records that a run opens, heads of each. */
export async function collected(
  { heads }: Card,
  records: number,
  run: (taken: Pick<RunOptions, 'onOpened'>) => Promise<Progress>,
): Promise<{ predictors: Float64Array; progress: Progress }> {
  const predictors = new Float64Array(records * heads.length)
  const progress = await run({ onOpened: ({ at }, opened) => predictors.set(opened, at * heads.length) })
  return { predictors, progress }
}

/** What a run's planted records came to. */
export function sayPlanted(say: Say, { planted }: Progress): void {
  if (planted > 0) say(`${planted} hidden records with known answers came out right.`)
}
