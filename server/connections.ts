import type { Server, Socket } from 'node:net'
import type { Proxies } from './http/proxies.ts'
import { clientOf } from './state/client.ts'
import { withinShare } from './state/share.ts'

/**
 * Bounds the connections of one address: what is more is closed at once. Those of a trusted proxy are of many clients, and
 * are not bounded so. Of the `all` that there may be, several addresses together leave some to another.
 */
export function boundConnections(server: Server, most: number, all: number, proxies: Proxies): void {
  const counts = new Map<string, number>()
  let held = 0
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
    if (count >= most || !withinShare(count, 1, held, all)) {
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
}
