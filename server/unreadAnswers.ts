import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Limits } from './limits.ts'
import { withinShare } from './state/share.ts'

type Bounds = Pick<Limits, 'bodyMemoryPerClient' | 'bodyMemory'>

/**
 * Bounds the memory of answers that are written and not yet taken: of one client and of all, as that of bodies is. Beyond it the
 * connection is closed whose answer a client has left for longest, so that who reads its answers keeps its own.
 */
export function boundUnreadAnswers(
  server: Server,
  bounds: Bounds,
  clientOf: (request: IncomingMessage) => string,
): void {
  const unread = new UnreadAnswers(bounds)
  // Before what answers, which may do so at once.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { end } = response
    response.end = ((...all: Parameters<typeof end>) => {
      const ended = end.apply(response, all)
      const bytes = response.writableLength
      const close = () => void request.socket.destroy()
      if (bytes > 0) response.once('close', unread.note(clientOf(request), bytes, close))
      return ended
    }) as typeof end
  })
}

interface Answer {
  readonly bytes: number
  readonly close: () => void
}

class UnreadAnswers {
  readonly #bounds: Bounds
  /** By client, the one that is left for longest first. */
  readonly #ofClient = new Map<string, { bytes: number; readonly answers: Set<Answer> }>()
  #all = 0

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  /** Returns what is called once the answer is taken or given up. */
  note(client: string, bytes: number, close: () => void): () => void {
    const { bodyMemoryPerClient, bodyMemory } = this.#bounds
    const own = this.#ofClient.get(client) ?? { bytes: 0, answers: new Set() }
    const answer = { bytes, close }
    const fits = () => own.bytes + bytes <= bodyMemoryPerClient && withinShare(own.bytes, bytes, this.#all, bodyMemory)
    for (const oldest of own.answers) {
      if (fits()) break
      this.#forget(client, oldest)
      oldest.close()
    }
    if (!fits()) {
      close()
      return () => {}
    }
    this.#ofClient.set(client, own)
    own.answers.add(answer)
    own.bytes += bytes
    this.#all += bytes
    return () => this.#forget(client, answer)
  }

  #forget(client: string, answer: Answer): void {
    const own = this.#ofClient.get(client)
    if (!own?.answers.delete(answer)) return
    own.bytes -= answer.bytes
    this.#all -= answer.bytes
    if (own.answers.size === 0) this.#ofClient.delete(client)
  }
}
