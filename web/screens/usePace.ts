import { useState } from 'react'
import type { RunState } from '../session/session.ts'

type Progress = NonNullable<Extract<RunState, { progress: unknown }>['progress']>

interface Pace {
  /** Records opened per second, over the last seconds. */
  readonly perSecond: number
  /** Milliseconds until the end at this pace, or null while it is too early to say. */
  readonly left: number | null
}

const window = 10_000
/** Nothing is said of the time left before the run is this old. */
const early = 3_000

/** The pace of a run, from its progress so far. A pause ends what was measured, so that it does not count as work. */
export function usePace(progress: Progress | null, paused: boolean): Pace | null {
  const [seen, setSeen] = useState<readonly Progress[]>([])
  const last = seen.at(-1)
  if (paused && seen.length > 0) setSeen([])
  else if (!paused && progress && progress !== last) {
    setSeen([...seen.filter(({ elapsed }) => elapsed > progress.elapsed - window), progress])
  }
  const first = seen[0]
  if (!first || !last) return null
  const since = last.elapsed - first.elapsed
  const opened = last.records.opened - first.records.opened
  if (since < 500 || opened === 0) return null
  const perSecond = (1000 * opened) / since
  const left = last.elapsed < early ? null : (1000 * (last.total - last.records.opened)) / perSecond
  return { perSecond, left }
}
