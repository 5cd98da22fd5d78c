import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

interface Parser {
  onIncoming?: ((request: IncomingMessage, keepsAlive: boolean) => number) | null
}

/** llhttp, `on_headers_complete`: the message has no body, and what follows it is another protocol's. */
const otherProtocolFollows = 2

/**
 * Has nothing more taken apart of a packet once its connection is closed. Thousands of requests come with one, and each of them costs
 * as if it were answered; Node has no word for it, and its parser's own `pause` does not end the packet that it is in. To be called
 * for a connection that Node's server has just taken. Without such a parser nothing changes.
 */
export function endPacketsOfClosed(socket: Socket): void {
  const { parser } = socket as { parser?: Parser | null }
  const take = parser?.onIncoming
  if (!parser || !take) return
  parser.onIncoming = (request, keepsAlive) => {
    const how = take(request, keepsAlive)
    return socket.destroyed ? otherProtocolFollows : how
  }
}
