import type { OpenQueue, RunPart } from './ports.ts'

/** All of a run, as nobody else works on it. */
const whole = (run: string): RunPart => ({ run, first: 0, end: Number.MAX_SAFE_INTEGER })

/** Milliseconds until a run is tried again that could not be worked on, at first and at most. */
const firstWait = 500
const longestWait = 30_000

/**
 * A queue of the process itself, which needs nothing else: what waits is read from the store at the start, and what a kill took along
 * is there again then. All runs that wait are worked on at once; whose turn it is on the threads is decided there.
 */
export const openEmbeddedQueue: OpenQueue = async (work) => {
  /** The runs under way; true where one was woken again meanwhile. */
  const underWay = new Map<string, boolean>()
  const ends = new Set<Promise<void>>()
  const sleepers = new Set<() => void>()
  let closed = false

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        sleepers.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      sleepers.add(wake)
    })

  const workOn = async (run: string): Promise<void> => {
    for (let wait = firstWait; !closed; ) {
      underWay.set(run, false)
      const done = await work.work(whole(run)).then(
        () => true,
        () => false,
      )
      if (done && underWay.get(run) === false) break
      if (done) continue
      if (!closed) await sleep(wait)
      wait = Math.min(2 * wait, longestWait)
    }
    underWay.delete(run)
  }

  const wake = async (run: string): Promise<void> => {
    if (closed) return
    if (underWay.has(run)) {
      underWay.set(run, true)
      return
    }
    const end = workOn(run).finally(() => ends.delete(end))
    ends.add(end)
  }

  for (const run of await work.runs()) await wake(run)
  return {
    wake,
    async close() {
      closed = true
      for (const each of [...sleepers]) each()
      await Promise.all(ends)
    },
  }
}
