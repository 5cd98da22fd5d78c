import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
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

/** So many pieces of a body may be as small as they like. */
const freePieces = 256
/** Of the others, so many bytes each are the least, on average. */
const leastPieceBytes = 512

/**
 * Bounds into how small pieces a body may be cut: each takes some hundred bytes until it is read, and thousands of them come with
 * one packet. Whoever cuts it smaller is answered 413 and closed, of which `closed` is told.
 */
export function boundPieces(server: Server, closed: (socket: Socket) => void = () => {}): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers['transfer-encoding'] === undefined) return
    const { push, socket } = request
    let [pieces, bytes, isClosed] = [0, 0, false]
    request.push = (piece: Uint8Array | null, encoding?: BufferEncoding) => {
      // The rest of the packet that it was closed for.
      if (isClosed) return false
      pieces++
      bytes += piece?.length ?? leastPieceBytes
      if (bytes >= (pieces - freePieces) * leastPieceBytes) return push.call(request, piece, encoding)
      isClosed = true
      closed(socket)
      if (socket.writable && !response.headersSent)
        socket.write('HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n\r\n')
      socket.destroySoon()
      return false
    }
  })
}
