import type { Server, Socket } from 'node:net'
import { clientOf } from './state/client.ts'

/**
 * Bounds the connections of one address: what is more is closed at once. Behind a trusted proxy all come from the proxy, which
 * is not bounded so.
 */
export function boundConnections(server: Server, most: number): void {
  const counts = new Map<string, number>()
  // In place of what serves a connection, so that one too many costs no parser and no timers.
  const serve = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const client = clientOf(socket.remoteAddress, undefined, false)
    const count = (counts.get(client) ?? 0) + 1
    if (count > most) {
      socket.destroy()
      return
    }
    counts.set(client, count)
    socket.once('close', () => {
      const left = (counts.get(client) ?? 1) - 1
      if (left > 0) counts.set(client, left)
      else counts.delete(client)
    })
    for (const each of serve) each.call(server, socket)
  })
}
