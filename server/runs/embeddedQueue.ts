import { Lines } from '../sealed/lines.ts'
import { turnMs } from './parts.ts'
import type { OpenQueue, RunPart, RunQueue, RunWork } from './ports.ts'

/** All of a run, as nobody else works on it. */
const whole = (run: string): RunPart => ({ run, first: 0, end: Number.MAX_SAFE_INTEGER })

/** Milliseconds until a run is tried again that could not be worked on, at first and at most. */
const firstWait = 500
const longestWait = 30_000
/** Milliseconds between looks for runs that wait, though nobody is at them: their store may have been another for a while. */
const lookEvery = 60_000

/**
 * A queue of the process itself, which needs nothing else: what waits is read from the store at the start, and what a kill took along
 * is there again then. Of a client's runs one is worked on after the other, since a run keeps all threads busy and a table of its key is
 * made once then; it goes to the end of the client's line after a while. Those of different clients are worked on at once, and short ones;
 * whose turn it is on the threads is decided there.
 */
export const openEmbeddedQueue: OpenQueue = (work) => embeddedQueue(work, turnMs)

/** The same with turns that last for `ms` milliseconds, and looks each `every`. */
export async function embeddedQueue(work: RunWork, ms: number, every = lookEvery): Promise<RunQueue> {
  /** The runs under way; true where one was woken again meanwhile. */
  const underWay = new Map<string, boolean>()
  const ends = new Set<Promise<void>>()
  const waits = new Waits()
  const lines = new Lines()
  let closed = false

  /** Whether there may be more to do, since its turn was over. */
  const turnOf = async (run: string): Promise<boolean> => {
    if ((await work.parts(run)).length > 1)
      return lines.run(await work.clientOf(run), async () => {
        const over = Date.now() + ms
        if (!closed) await work.work(whole(run), () => Date.now() > over)
        return Date.now() > over
      })
    await work.work(whole(run))
    return false
  }

  const workOn = async (run: string): Promise<void> => {
    for (let wait = firstWait; !closed; ) {
      underWay.set(run, false)
      const isCut = await turnOf(run).catch(() => null)
      if (isCut === false && underWay.get(run) === false) break
      if (isCut !== null) continue
      if (!closed) await waits.wait(wait)
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

  const look = async (): Promise<void> => {
    for (const run of await work.runs())
      if (!closed && !underWay.has(run) && (await work.parts(run)).length > 0) await wake(run)
  }

  for (const run of await work.runs()) await wake(run)
  const endLooks = again(look, every)
  return {
    wake,
    async close() {
      closed = true
      endLooks()
      waits.end()
      await Promise.all(ends)
    },
  }
}

/** Does something again and again, never twice at once; what fails is tried the next time. Returns what ends that. */
function again(work: () => Promise<void>, every: number): () => void {
  let atWork = false
  const timer = setInterval(async () => {
    if (atWork) return
    atWork = true
    await work().catch(() => {})
    atWork = false
  }, every)
  timer.unref()
  return () => clearInterval(timer)
}

/** Waits that may be ended before their time. */
class Waits {
  readonly #ends = new Set<() => void>()

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#ends.delete(end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#ends.add(end)
    })
  }

  end(): void {
    for (const end of [...this.#ends]) end()
  }
}
