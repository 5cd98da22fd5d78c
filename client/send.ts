import { asBlindscoreError, cancelled, type ErrorCode } from '../core/errors.ts'
import type { PublicKey } from '../core/protocol/scheme.ts'
import { type AskedChunk, mostAnswerBytes, readAnswer } from './answer.ts'
import type { Hold } from './retry.ts'
import { type ScoringServer, ServerProblem } from './server.ts'

/** Tries before a run pauses to wait for the person, and the longest wait between two, in seconds. */
const tries = 5
const longestWait = 15

/** A sealed chunk, and who is asked to score it. */
export interface SealedRequest {
  readonly server: ScoringServer
  readonly model: string
  readonly key: PublicKey
  readonly asked: AskedChunk
  /** The request's body. */
  readonly body: Uint8Array<ArrayBuffer>
}

/**
 * Sends a sealed chunk until it is answered, by a chunk that is the answer to it. The bytes are the same each time, so a
 * chunk that was scored but whose answer got lost or garbled scores the same again. A busy or unreachable server, and one
 * in whose place something else answers, is tried again after a growing wait; then the run pauses, with the reason, and
 * goes on from here when it is resumed. Whether something is sent never depends on anything that was opened.
 */
export async function sendChunk(
  request: SealedRequest,
  { control, onStuck }: Hold,
  signal: AbortSignal,
): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    await control.pass(signal)
    try {
      const answer = await scoreWithKey(request, signal)
      readAnswer(request.asked, answer)
      return answer
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
  { server, model, key, asked, body }: SealedRequest,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const most = mostAnswerBytes(asked)
  try {
    return await server.score(model, body, most, signal)
  } catch (thrown) {
    if (asBlindscoreError(thrown).code !== 'key/unknown') throw thrown
    await server.register(key, signal)
    return server.score(model, body, most, signal)
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

/** What time may mend. An answer's shape is no function of what is sealed in it, so asking again says nothing. */
function waitable(code: ErrorCode): boolean {
  return code === 'run/offline' || code === 'request/busy' || code === 'request/budget' || code === 'result/shape'
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
