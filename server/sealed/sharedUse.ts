import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { errorOf } from '../faults.ts'
import { ownPid } from '../runningProcess.ts'
import type { Use } from './inUse.ts'

/** A process that uses keys of runs, as a store that processes share has it. */
export interface SharedMark {
  readonly use: Use
  readonly host: string
  readonly pid: number
}

/** Marks in such a store, by its own clock. */
export interface SharedMarks {
  /**
   * In one step: puts a mark, or has it last anew, for so many seconds, unless one that lasts is in its way (a rotation's in anybody's, and
   * anybody's in a rotation's), which is returned.
   */
  enter(id: string, mark: SharedMark, seconds: number): Promise<SharedMark | null>
  leave(id: string): Promise<void>
}

/** What `useFolder` is for keys in a folder: a mark is made younger again and again, and that of a killed process lasts for a minute. */
const beatMs = 10_000
const lastsSeconds = 60

/** Marks keys as used by this process, until what it resolves to is called. Throws `server/store-gone` where another's use is in the way. */
export async function useShared(marks: SharedMarks, use: Use): Promise<() => Promise<void>> {
  const id = randomUUID()
  const enter = () => marks.enter(id, { use, host: hostname(), pid: ownPid }, lastsSeconds)
  const other = await enter()
  if (other !== null) {
    throw errorOf('server/store-gone', 'runsInUse', { by: other.use, pid: other.pid, host: other.host })
  }
  const beat = setInterval(() => void enter().catch(() => {}), beatMs)
  beat.unref()
  return async () => {
    clearInterval(beat)
    await marks.leave(id).catch(() => {})
  }
}
