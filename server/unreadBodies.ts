import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/**
 * What is still to come of a body whose request was answered is taken in the client's turns, a piece in each, so that the
 * client can read its answer and nobody else waits: Node, and what stands between it and the app, would read all of it at once.
 * Whoever goes on sending is closed by that, after half a second.
 */
export function takeUnreadInTurns(server: Server, turnOf: (request: IncomingMessage) => () => Promise<void>): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { headers } = request
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return
    // Node has nothing held back of a body that nobody began to read.
    request.read(0)
    response.once('finish', () => {
      if (!request.complete && !request.destroyed) void takeInTurns(request, turnOf(request))
    })
  })
}

async function takeInTurns(request: IncomingMessage, turn: () => Promise<void>): Promise<void> {
  request.pause()
  // Whoever would have it flow: what is read here is read by `read` alone.
  request.resume = () => request
  const closed = once(request, 'close').catch(() => {})
  let isClosed = false
  void closed.then(() => {
    isClosed = true
  })
  while (!isClosed && !request.readableEnded) {
    await turn()
    if (request.read() === null && !isClosed) await Promise.race([once(request, 'readable').catch(() => {}), closed])
  }
}
