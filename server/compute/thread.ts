import { readFileSync } from 'node:fs'

/** Three numbers; the second is how many nanoseconds the thread was ready to run and had no core. Linux alone has it. */
const scheduling = '/proc/thread-self/schedstat'

/**
 * A clock, in milliseconds, that stands still while the calling thread waits for a core: over a piece of computing it
 * tells the processor time. (The first number of the file is that time, but the kernel brings it up to date only every
 * few milliseconds.) Where the platform does not tell, time goes on while others compute. Differences alone mean
 * something.
 */
export function threadMs(): number {
  for (let before = waitedMs(); ; ) {
    const now = performance.now()
    const waited = waitedMs()
    // The thread may lose its core between the two readings: then the one is of before, the other of after.
    if (waited === before) return now - waited
    before = waited
  }
}

function waitedMs(): number {
  try {
    return Number(readFileSync(scheduling, 'latin1').split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}
