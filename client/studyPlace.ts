import { asBlindscoreError, cancelled } from '../core/errors.ts'
import { passing } from './passing.ts'
import { ServerProblem } from './server.ts'
import type { StudyServer, StudyTicket } from './studyServer.ts'

/**
 * Where the owners of a pooled study leave messages for each other, on a server: what `boardOf` of `study/pool/board.ts` makes a board
 * of. A server that is away or busy is tried again, with the same bytes.
 */
export interface StudyPlaceOptions {
  readonly server: StudyServer
  readonly ticket: StudyTicket
  /** How many owners the study has. */
  readonly owners: number
  /** How long the server may be away, in milliseconds. */
  readonly patience: number
  readonly signal?: AbortSignal
}

/** Seconds that one look waits on the server, and those between two tries of what failed. */
const lookSeconds = 15
const longestPause = 15

export function studyPlace({ server, ticket, owners, patience, signal }: StudyPlaceOptions) {
  const again = <T>(work: () => Promise<T>): Promise<T> => persistently(work, patience, signal)
  return {
    /** Throws `study/spoken` where this owner has said something else there before. */
    post: (slot: string, text: string): Promise<void> => again(() => server.post(ticket, slot, text, signal)),
    /** All owners' messages of a slot, or null after a while in which they were not all there. */
    look: async (slot: string): Promise<readonly string[] | null> => {
      const seats = await again(() => server.spoken(ticket, slot, lookSeconds, signal))
      if (seats.length < owners) return null
      return Promise.all(seats.map((seat) => again(() => server.message(ticket, slot, seat, signal))))
    },
  }
}

/** What passes is waited out for so many milliseconds: each try is the same. */
export async function persistently<T>(work: () => Promise<T>, patience: number, signal?: AbortSignal): Promise<T> {
  const end = performance.now() + patience
  for (let pause = 0.5; ; pause = Math.min(2 * pause, longestPause)) {
    try {
      return await work()
    } catch (thrown) {
      if (!passing.has(asBlindscoreError(thrown).code) || performance.now() > end) throw thrown
      const stated = thrown instanceof ServerProblem ? (thrown.retryAfter ?? 0) : 0
      await pass(1000 * Math.max(pause, Math.min(stated, longestPause)), signal)
    }
  }
}

function pass(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer)
      reject(cancelled())
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end)
      resolve()
    }, milliseconds)
    if (signal?.aborted) end()
    else signal?.addEventListener('abort', end, { once: true })
  })
}
