import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/**
 * What is still to come of a body whose request was answered is taken at the client's pace, a piece in each of its turns, so that
 * the client can read its answer and nobody else waits: Node, and what stands between it and the app, would read all of it at once.
 * Whoever sends more than its pace lets in is closed, and whoever goes on sending is by what stands between, after half a second.
 *
 * `entryOf` makes what is waited for before each piece; its connection is closed where that rejects.
 */
export function takeUnreadAtPace(server: Server, entryOf: (request: IncomingMessage) => () => Promise<void>): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { headers } = request
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return
    // Node has nothing held back of a body that nobody began to read.
    request.read(0)
    response.once('finish', () => {
      if (!request.complete && !request.destroyed) void takeAtPace(request, entryOf(request))
    })
  })
}

async function takeAtPace(request: IncomingMessage, enter: () => Promise<void>): Promise<void> {
  request.pause()
  // Whoever would have it flow: what is read here is read by `read` alone.
  request.resume = () => request
  const closed = once(request, 'close').catch(() => {})
  let isClosed = false
  void closed.then(() => {
    isClosed = true
  })
  while (!isClosed && !request.readableEnded) {
    try {
      await enter()
    } catch {
      request.socket.destroySoon()
      return
    }
    if (request.read() === null && !isClosed) await Promise.race([once(request, 'readable').catch(() => {}), closed])
  }
}
