import type { IncomingMessage, Server } from 'node:http'
import type { Limits } from './limits.ts'

/**
 * Bounds how slowly a body comes, however long it is: it has its time, and the same again for as long as enough of it came
 * meanwhile. Otherwise it is answered 408 and closed, as slow headers are by Node, whose own bound on a whole request a large
 * file on a slow line would not keep.
 */
export function boundBodies(
  server: Server,
  { requestTimeoutMs, bytesPerTimeout }: Pick<Limits, 'requestTimeoutMs' | 'bytesPerTimeout'>,
): void {
  server.requestTimeout = 0
  server.on('request', (request: IncomingMessage) => {
    const { headers, socket } = request
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return
    let before = socket.bytesRead
    const clock = setInterval(() => {
      const came = socket.bytesRead - before
      before = socket.bytesRead
      if (request.complete) return clearInterval(clock)
      if (came >= bytesPerTimeout) return
      clearInterval(clock)
      if (socket.writable) socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
      socket.destroySoon()
    }, requestTimeoutMs)
    request.once('close', () => clearInterval(clock))
  })
}
