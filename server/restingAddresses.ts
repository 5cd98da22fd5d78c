import type { Socket } from 'node:net'

/** Of a rest, the part after which one connection that waits is let in. */
const partsOfRest = 200
/** Connections of an address that wait; the one that waits for longest is closed for another. */
const mostWaiting = 64

/**
 * Addresses that have no new connection for a while, because of what came over one that they had. Where all of an address are one client
 * they are closed at once. Where others may ask from it, who are known once they have asked, one is let in now and then: by turns the
 * one that came last and the one that waits for longest. Whoever was closed for what it sent comes again at once, and so is always the
 * last, and however many are before another, that one's turn comes.
 */
export class RestingAddresses {
  readonly #restMs: number
  readonly #letIn: ((socket: Socket, client: string) => void) | null
  readonly #resting = new Map<string, Rest>()

  /** `letIn`: what serves a connection that waited; null where none waits. */
  constructor(restMs: number, letIn: ((socket: Socket, client: string) => void) | null) {
    this.#restMs = restMs
    this.#letIn = letIn
  }

  rest(client: string): void {
    if (this.#resting.has(client)) return
    const rest = new Rest((socket) => this.#letIn?.(socket, client), this.#restMs / partsOfRest)
    this.#resting.set(client, rest)
    setTimeout(() => {
      this.#resting.delete(client)
      rest.end()
    }, this.#restMs).unref()
  }

  /** Whether a connection that has just come is closed or has to wait. */
  holds(client: string, socket: Socket): boolean {
    const rest = this.#resting.get(client)
    if (rest === undefined) return false
    if (this.#letIn === null) socket.destroy()
    else rest.wait(socket)
    return true
  }
}

/** One address's rest. It has a clock from the first connection that waits: most who are closed do not come again, and are many. */
class Rest {
  readonly #letIn: (socket: Socket) => void
  readonly #everyMs: number
  readonly #waiting: Socket[] = []
  #newest = false
  #clock: NodeJS.Timeout | undefined

  constructor(letIn: (socket: Socket) => void, everyMs: number) {
    this.#letIn = letIn
    this.#everyMs = everyMs
  }

  wait(socket: Socket): void {
    this.#clock ??= setInterval(() => this.#next(), this.#everyMs).unref()
    socket.on('error', () => {})
    this.#waiting.push(socket)
    if (this.#waiting.length > mostWaiting) this.#waiting.shift()?.destroy()
  }

  /** Lets in all who wait. */
  end(): void {
    clearInterval(this.#clock)
    while (this.#next()) {}
  }

  /** False where none waits. */
  #next(): boolean {
    this.#newest = !this.#newest
    const take = () => (this.#newest ? this.#waiting.pop() : this.#waiting.shift())
    let socket = take()
    while (socket?.destroyed) socket = take()
    if (socket) this.#letIn(socket)
    return socket !== undefined
  }
}
