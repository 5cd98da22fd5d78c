import { asBlindscoreError, type BlindscoreError, cancelled, type ErrorCode } from '../core/errors.ts'
import type { PublicKey } from '../core/protocol/scheme.ts'
import { type AskedChunk, mostAnswerBytes, readAnswer } from './answer.ts'
import type { RunControl } from './control.ts'
import type { HourRoom } from './hourRoom.ts'
import { passing } from './passing.ts'
import type { Hold } from './retry.ts'
import { type ScoringServer, ServerProblem } from './server.ts'
import type { ServerWait } from './serverWait.ts'

/** A chunk's own tries before its run pauses to wait for the person. */
const tries = 5
/** The longest wait between two of them, in seconds. */
const longestWait = 15

/** A sealed chunk, and who is asked to score it. */
export interface SealedRequest {
  readonly server: ScoringServer
  readonly model: string
  readonly key: PublicKey
  readonly asked: AskedChunk
  /** The request's body. */
  readonly body: Uint8Array<ArrayBuffer>
  /** The slots that it is charged. */
  readonly slots: number
  /** What the run's lanes have in common: the wait for the server, and what is left of its hour. */
  readonly wait: ServerWait
  readonly room: HourRoom
}

/**
 * Sends a sealed chunk until it is answered, by a chunk that is the answer to it. The bytes are the same each time, so a
 * chunk that was scored but whose answer got lost or garbled scores the same again. Whether something is sent never depends
 * on anything that was opened.
 */
export function sendChunk(request: SealedRequest, hold: Hold, signal: AbortSignal): Promise<Uint8Array> {
  const { server, model, key, asked, body, slots, wait, room } = request
  let isCounted = false
  const ask = async (): Promise<Uint8Array> => {
    if (!isCounted) room.take(slots)
    isCounted = true
    const answer = await withKey(
      server,
      key,
      () => server.score(model, body, mostAnswerBytes(asked), signal, key.fingerprint),
      signal,
    ).catch((thrown) => {
      room.forget()
      throw thrown
    })
    readAnswer(asked, answer)
    return answer
  }
  return askUntilAnswered(ask, wait, hold, signal)
}

/**
 * Asks the server for something of a run until it is answered. A busy or unreachable server, and one in whose place
 * something else answers, is tried again after a growing wait, or the one that it states; then the run pauses, with the
 * reason, and goes on from here when it is resumed.
 */
export async function askUntilAnswered<T>(
  ask: () => Promise<T>,
  wait: ServerWait,
  { control, onStuck }: Hold,
  signal: AbortSignal,
): Promise<T> {
  const pause = (error: BlindscoreError, until: number): void => {
    control.pause()
    onStuck(error, until > 0 ? until : null)
  }
  for (let attempt = 1; ; attempt++) {
    const pass = await leave(wait, control, signal)
    try {
      const answer = await ask()
      wait.answered(pass)
      return answer
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      const stated = thrown instanceof ServerProblem ? thrown.retryAfter : null
      const held = passing.has(error.code)
      const until = held ? wait.refused(pass, error, stated) : null
      if (!held) wait.answered(pass)
      const outOfDate = error.code === 'run/out-of-date'
      const barred = error.code.startsWith('access/') && !held
      const lost = error.code === 'key/unknown' && attempt <= tries
      if (!outOfDate && !barred && !lost && !waitable(error.code)) throw error
      // Neither another version of the server nor an API key that ended mends itself, but what was scored is kept until the person
      // decides. A single answer of another version may be one that was garbled.
      const moved = outOfDate && thrown instanceof ServerProblem
      const stuck = moved || barred || until !== null || (!held && attempt % tries === 0)
      if (stuck) pause(error, until ?? 0)
      else if (!held) await sleep(Math.min(0.25 * 2 ** attempt, longestWait), signal)
    }
  }
}

/** Waits until something may be sent: nobody holds the run, and the server is to be had. */
async function leave(wait: ServerWait, control: RunControl, signal: AbortSignal): Promise<number> {
  for (;;) {
    await control.pass(signal)
    wait.goOn()
    const pass = await wait.pass(signal)
    // Held while this lane waited for the server.
    if (!control.paused) return pass
    wait.giveBack(pass)
  }
}

/** One try. A server that let go of the key takes it again from anyone who has it; when it will not, it says why. */
export async function withKey<T>(
  server: ScoringServer,
  key: PublicKey,
  ask: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await ask()
  } catch (thrown) {
    if (asBlindscoreError(thrown).code !== 'key/unknown') throw thrown
    await server.register(key, signal)
    return ask()
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
  return passing.has(code) || code === 'result/shape'
}

function sleep(seconds: number, signal: AbortSignal): Promise<void> {
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
