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
  readonly #waiting = new Map<string, Socket[]>()

  /** `letIn`: what serves a connection that waited; null where none waits. */
  constructor(restMs: number, letIn: ((socket: Socket, client: string) => void) | null) {
    this.#restMs = restMs
    this.#letIn = letIn
  }

  rest(client: string): void {
    if (this.#waiting.has(client)) return
    const waiting: Socket[] = []
    this.#waiting.set(client, waiting)
    let newest = false
    const next = (): boolean => {
      newest = !newest
      const take = () => (newest ? waiting.pop() : waiting.shift())
      let socket = take()
      while (socket?.destroyed) socket = take()
      if (socket) this.#letIn?.(socket, client)
      return socket !== undefined
    }
    const clock = setInterval(next, this.#restMs / partsOfRest).unref()
    setTimeout(() => {
      clearInterval(clock)
      this.#waiting.delete(client)
      while (next()) {}
    }, this.#restMs).unref()
  }

  /** Whether a connection that has just come is closed or has to wait. */
  holds(client: string, socket: Socket): boolean {
    const waiting = this.#waiting.get(client)
    if (waiting === undefined) return false
    if (this.#letIn === null) {
      socket.destroy()
      return true
    }
    socket.on('error', () => {})
    waiting.push(socket)
    if (waiting.length > mostWaiting) waiting.shift()?.destroy()
    return true
  }
}
