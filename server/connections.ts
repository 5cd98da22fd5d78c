import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Proxies } from './http/proxies.ts'
import type { Limits } from './limits.ts'
import { clientOf } from './state/client.ts'
import { withinShare } from './state/share.ts'

type Bounds = Pick<Limits, 'connections' | 'connectionsPerClient' | 'requestsPerConnection' | 'connectionRestMs'>

/**
 * Bounds the connections of one address: what is more is closed at once. Those of a trusted proxy are of many clients, and
 * are not bounded so. Of all that there may be, several addresses together leave some to another.
 *
 * A connection has a few requests without an answer at a time. Whoever writes more of them, as nobody does who waits for answers, is
 * closed, and its address rests: the requests of one packet are all taken apart before anything can be said of the first.
 */
export function boundConnections(
  server: Server,
  { connections: all, connectionsPerClient: most, requestsPerConnection, connectionRestMs }: Bounds,
  proxies: Proxies,
): void {
  const counts = new Map<string, number>()
  const resting = new Set<string>()
  let held = 0
  const rest = (client: string): void => {
    if (!resting.has(client)) setTimeout(() => resting.delete(client), connectionRestMs).unref()
    resting.add(client)
  }
  // In place of what serves a connection, so that one too many costs no parser and no timers.
  const serve = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const client = clientOf(socket.remoteAddress)
    if (proxies.trusts(socket.remoteAddress)) {
      for (const each of serve) each.call(server, socket)
      return
    }
    const count = counts.get(client) ?? 0
    if (count >= most || resting.has(client) || !withinShare(count, 1, held, all)) {
      socket.destroy()
      return
    }
    counts.set(client, count + 1)
    held += 1
    socket.once('close', () => {
      held -= 1
      const left = (counts.get(client) ?? 1) - 1
      if (left > 0) counts.set(client, left)
      else counts.delete(client)
    })
    for (const each of serve) each.call(server, socket)
  })
  boundRequests(server, requestsPerConnection, (socket) => rest(clientOf(socket.remoteAddress)))
}

/** Closes a connection with more than so many requests that have no answer yet. */
function boundRequests(server: Server, most: number, closed: (socket: Socket) => void): void {
  const unanswered = new WeakMap<Socket, number>()
  const serve = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    // The rest of the packet that it was closed for.
    if (socket.destroyed) return
    const count = unanswered.get(socket) ?? 0
    if (count >= most) {
      closed(socket)
      socket.destroy()
      return
    }
    unanswered.set(socket, count + 1)
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
    for (const each of serve) each.call(server, request, response)
  })
}
