import { asBlindscoreError, type BlindscoreError, cancelled, type ErrorCode } from '../core/errors.ts'
import type { PublicKey } from '../core/protocol/scheme.ts'
import type { RunControl } from './control.ts'
import { type ScoringServer, ServerProblem } from './server.ts'

/** Tries before a run pauses to wait for the person, and the longest wait between two, in seconds. */
const tries = 5
const longestWait = 15

/**
 * Sends a sealed chunk until it is answered. The bytes are the same each time, so a chunk that was scored but whose
 * answer got lost scores the same again. A busy or unreachable server is tried again after a growing wait; then the
 * run pauses, with the reason, and goes on from here when it is resumed. Whether something is sent never depends on
 * anything that was opened.
 */
export async function sendChunk(
  server: ScoringServer,
  model: string,
  key: PublicKey,
  body: Uint8Array<ArrayBuffer>,
  control: RunControl,
  onStuck: (error: BlindscoreError) => void,
  signal: AbortSignal,
): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    await control.pass(signal)
    try {
      return await scoreWithKey(server, model, key, body, signal)
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      const outOfDate = error.code === 'run/out-of-date'
      const lost = error.code === 'key/unknown' && attempt <= tries
      if (!outOfDate && !lost && !waitable(error.code)) throw error
      // Another version of the server mends nothing by itself, but what was scored is kept until the person decides.
      if (outOfDate || attempt % tries === 0) {
        control.pause()
        onStuck(error)
        continue
      }
      const stated = thrown instanceof ServerProblem ? thrown.retryAfter : null
      await wait(Math.min(stated ?? 0.25 * 2 ** attempt, longestWait), signal)
    }
  }
}

/** One try. A server that let go of the key takes it again from anyone who has it; when it will not, it says why. */
async function scoreWithKey(
  server: ScoringServer,
  model: string,
  key: PublicKey,
  body: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  try {
    return await server.score(model, body, signal)
  } catch (thrown) {
    if (asBlindscoreError(thrown).code !== 'key/unknown') throw thrown
    await server.register(key, signal)
    return server.score(model, body, signal)
  }
}

/**
 * Gives the server the key. A server that cannot be reached is no failure here: the first chunk then finds it gone, or
 * finds that it does not know the key, and takes it from there.
 */
export async function registerKey(server: ScoringServer, key: PublicKey, signal: AbortSignal): Promise<void> {
  try {
    await server.register(key, signal)
  } catch (refused) {
    if (!waitable(asBlindscoreError(refused).code)) throw refused
  }
}

/** Refusals that time may mend. */
function waitable(code: ErrorCode): boolean {
  return code === 'run/offline' || code === 'request/busy' || code === 'request/budget'
}

function wait(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer)
      reject(cancelled())
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, 1000 * seconds)
    signal.addEventListener('abort', abort, { once: true })
  })
}
