import { RunControl } from '../client/control.ts'
import type { Progress } from '../client/progress.ts'
import type { RunOptions } from '../client/score.ts'
import type { Card } from '../core/card/card.ts'
import type { BlindscoreError } from '../core/errors.ts'
import type { Say } from './say.ts'

type Held = Pick<RunOptions, 'control' | 'onProgress' | 'onStuck'>

/**
 * Runs something where nobody sits who could mend it: what was tried several times in vain ends the command. Where the server says
 * when it is worth another try, and `onWait` is there, it is told of that and the run goes on by itself at that time.
 */
export async function unattended<T>(
  work: (held: Held, signal: AbortSignal) => Promise<T>,
  onWait?: (until: Date) => void,
  stop = new AbortController(),
): Promise<T> {
  const control = new RunControl()
  let stuck: BlindscoreError | null = null
  let waiting: NodeJS.Timeout | undefined
  const onStuck = (error: BlindscoreError, until: number | null = null): void => {
    if (until !== null && onWait) {
      onWait(new Date(until))
      clearTimeout(waiting)
      waiting = setTimeout(() => control.resume(), Math.max(0, until - Date.now()))
      return
    }
    stuck = error
    stop.abort()
  }
  return work({ control, onProgress: () => {}, onStuck }, stop.signal)
    .catch((thrown: unknown) => {
      throw stuck ?? thrown
    })
    .finally(() => clearTimeout(waiting))
}

/** Runs what ends at a word of who sits there: the first stops it, and a second one the command itself. */
export async function untilInterrupted<T>(work: (stop: AbortController) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const end = (): void => stop.abort()
  process.once('SIGINT', end)
  try {
    return await work(stop)
  } finally {
    process.off('SIGINT', end)
  }
}

/** Says of a wait when it is over. */
export const sayWait =
  (say: Say) =>
  (until: Date): void =>
    say(`The server takes no more before ${until.toTimeString().slice(0, 5)}: waiting.`)

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
