import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { patience } from '../../core/test/patience.ts'
import { boundPieces } from '../bodyTime.ts'
import { boundConnections } from '../connections.ts'
import { Proxies } from '../http/proxies.ts'
import { boundUnreadAnswers } from '../unreadAnswers.ts'
import { takeUnreadAtPace } from '../unreadBodies.ts'

/** What comes over a connection beyond what is asked with it, on servers that do nothing else. */

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

async function end(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

const bounds = {
  connections: 100,
  connectionsPerClient: 10,
  connectionYieldMs: 2000,
  requestsPerConnection: 4,
  connectionRestMs: 1000,
  requestTimeoutMs: 120_000,
  bytesPerTimeout: 480 * 1024,
}

test('what is unread of a body is taken a piece a turn, once its request is answered, and all of it', async () => {
  const bytes = 4 * 2 ** 20
  const turns: (() => void)[] = []
  let read = () => 0
  const server = createServer(({ socket }, response) => {
    read = () => socket.bytesRead
    response.end('nothing here')
  })
  takeUnreadAtPace(server, () => () => new Promise<void>((resolve) => turns.push(resolve)))
  const port = await listening(server)
  const asked = request({ port, host: '127.0.0.1', method: 'POST', headers: { 'Content-Length': bytes } })
  asked.end(new Uint8Array(bytes))
  const [answer] = await once(asked, 'response')
  answer.resume()
  await vi.waitFor(() => expect(turns).toHaveLength(1), patience)
  // Nobody gives a turn: however long the loop goes on, hardly more comes in than had come.
  for (let i = 0; i < 500; i++) await new Promise((resolve) => setImmediate(resolve))
  expect([turns.length, read() < 2 ** 20]).toEqual([1, true])
  let given = 0
  while (read() < bytes) {
    for (const turn of turns.splice(0)) {
      given++
      turn()
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(given).toBeGreaterThan(16)
  await end(server)
})

test('of what is unread no more is taken than the client’s pace lets in: then its connection is closed', async () => {
  let left = 3
  const server = createServer((_, response) => response.end('nothing here'))
  takeUnreadAtPace(server, () => async () => {
    if (left-- === 0) throw new Error('too much')
  })
  const port = await listening(server)
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  const closed = once(socket.resume(), 'close')
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n')
  const more = setInterval(() => socket.write(new Uint8Array(1000)), 1)
  await closed
  clearInterval(more)
  expect(left).toBe(-1)
  await end(server)
})

test('a body that is cut very small is closed, and one in larger pieces is read', async () => {
  const read: number[] = []
  const server = createServer(async (request, response) => {
    try {
      let bytes = 0
      for await (const piece of request) bytes += (piece as Buffer).length
      read.push(bytes)
      response.end('ok')
    } catch {}
  })
  const closed: Socket[] = []
  boundPieces(server, (socket) => closed.push(socket))
  const port = await listening(server)
  const post = (...pieces: string[]) =>
    new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      let answer = ''
      socket.on('data', (bytes) => (answer += bytes)).on('close', () => resolve(answer.split('\r\n')[0] ?? ''))
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n')
      for (const piece of pieces) socket.write(piece)
    })
  const tiny = '1\r\nx\r\n'
  const end0 = '0\r\n\r\n'
  expect(await post(tiny.repeat(200), end0)).toContain(' 200 ')
  expect(await post(tiny.repeat(200), `3e8\r\n${'x'.repeat(1000)}\r\n`.repeat(400), end0)).toContain(' 200 ')
  expect(await post(tiny.repeat(100_000), end0)).toContain(' 413 ')
  expect(read).toEqual([200, 200 + 400_000])
  expect(closed).toHaveLength(1)
  await end(server)
})

test('a connection full of requests that wait for no answer is closed, and its address rests', async () => {
  let served = 0
  const answers: (() => void)[] = []
  const server = createServer((_, response) => {
    served++
    answers.push(() => response.end('ok'))
  })
  boundConnections(server, { ...bounds, connectionRestMs: 1000 }, new Proxies([]))
  let taken = 0
  server.on('request', () => taken++)
  const port = await listening(server)
  const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
  const opened = (localAddress: string) => connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {})

  const waiting = opened('127.0.0.1')
  waiting.write(get)
  await vi.waitFor(() => expect(served).toBe(1), patience)
  const full = opened('127.0.0.1')
  full.write(get.repeat(1000))
  await once(full.resume(), 'close')
  // Of a thousand; and none is taken apart after the one for which it is closed.
  expect(served).toBe(1 + 4)
  expect(taken).toBe(1 + 5)

  // One that was there goes on; a new one is closed at once, and another address is served.
  answers[0]?.()
  expect(String((await once(waiting, 'data'))[0])).toContain('200 OK')
  for (let i = 2; i < 12; i++) {
    waiting.write(get)
    await vi.waitFor(() => expect(answers).toHaveLength(4 + i), patience)
    answers.at(-1)?.()
    await once(waiting, 'data')
  }
  const other = opened('127.0.0.2')
  other.write(get)
  await vi.waitFor(() => expect(served).toBe(5 + 10 + 1), patience)
  // And once it has rested, it is served again.
  await vi.waitFor(async () => {
    const again = opened('127.0.0.1').resume()
    again.write(get)
    await Promise.race([once(again, 'close'), vi.waitFor(() => expect(served).toBe(5 + 10 + 2), patience)])
    expect(served).toBe(5 + 10 + 2)
  }, patience)
  await end(server)
})

describe('one connection more than an address has', () => {
  const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
  const clock = { ms: 0 }
  const opened = (port: number) => connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }).on('error', () => {})

  /** So many connections, each there before the next. */
  async function open(server: Server, port: number, count: number): Promise<Socket[]> {
    const sockets: Socket[] = []
    for (let i = 0; i < count; i++) {
      const arrived = once(server, 'connection')
      sockets.push(opened(port).resume())
      await arrived
      clock.ms += 1
    }
    return sockets
  }

  test('takes the place of the one that is quiet for longest, and first of one that never asked', async () => {
    clock.ms = 0
    const server = createServer((request, response) => {
      if (request.url === '/') response.end('ok')
    })
    boundConnections(server, { ...bounds, connectionsPerClient: 3 }, new Proxies([]), { now: () => clock.ms })
    const port = await listening(server)
    const [asked] = (await open(server, port, 1)) as [Socket]
    asked.write(get)
    await once(asked, 'data')
    const [waits, silent] = (await open(server, port, 2)) as [Socket, Socket]
    waits.write(get.replace('/', '/never'))
    await once(server, 'request')
    // None has been quiet for long enough.
    const refused = opened(port).resume()
    await once(refused, 'close')
    clock.ms += 3000
    const [next] = (await open(server, port, 1)) as [Socket]
    await once(silent, 'close')
    expect([asked.destroyed, waits.destroyed, next.destroyed]).toEqual([false, false, false])
    next.write(get)
    await once(next, 'data')
    // Now the one that was answered first is the quietest; what waits for its answer never is.
    clock.ms += 3000
    await open(server, port, 1)
    await once(asked, 'close')
    expect([waits.destroyed, next.destroyed]).toEqual([false, false])
    // What goes on sending what was answered already has no time at all.
    next.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx')
    await once(next, 'data')
    const madeRoom = once(next, 'close')
    const [last] = (await open(server, port, 1)) as [Socket]
    last.write(get)
    await Promise.race([once(last, 'data'), once(last, 'close')])
    expect([last.destroyed, waits.destroyed]).toEqual([false, false])
    await madeRoom
    await end(server)
  })

  test('or of the one whose body has come too slowly for longest, and never of one that comes as fast as a line is', async () => {
    clock.ms = 0
    const server = createServer((request, response) => {
      request.resume()
      if (request.method === 'GET') response.end('ok')
    })
    boundConnections(server, { ...bounds, connectionsPerClient: 3 }, new Proxies([]), { now: () => clock.ms })
    const port = await listening(server)
    const post = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n'
    const all = (await open(server, port, 3)) as [Socket, Socket, Socket]
    const [fast, slow, later] = all
    for (const [i, socket] of all.entries()) {
      socket.write(post)
      const [request] = (await once(server, 'request')) as [IncomingMessage]
      socket.write('x'.repeat(i === 0 ? 40_000 : 1))
      await vi.waitFor(() => expect(request.socket.bytesRead).toBeGreaterThan(post.length), patience)
      if (i === 0) await vi.waitFor(() => expect(request.socket.bytesRead).toBeGreaterThan(40_000), patience)
      clock.ms += 1
    }
    clock.ms += 3000
    const closed = once(slow, 'close')
    const [next] = (await open(server, port, 1)) as [Socket]
    await closed
    next.write(get)
    await once(next, 'data')
    expect([fast.destroyed, later.destroyed]).toEqual([false, false])
    const closedLater = once(later, 'close')
    await open(server, port, 1)
    await closedLater
    // Who is left is fast enough, or new.
    const refused = opened(port).resume()
    await once(refused, 'close')
    expect([fast.destroyed, next.destroyed]).toEqual([false, false])
    await end(server)
  })
})

test('answers that a client does not read are bounded: the one that is left for longest is closed, and no other’s', async () => {
  const answer = Buffer.alloc(16 * 2 ** 20)
  const server = createServer((_, response) => response.end(answer))
  boundUnreadAnswers(
    server,
    { bodyMemoryPerClient: 40 * 2 ** 20, bodyMemory: 400 * 2 ** 20 },
    ({ socket }) => socket.remoteAddress ?? '',
  )
  const port = await listening(server)
  const ask = async (localAddress: string): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {})
    const arrived = once(server, 'request')
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await arrived
    return socket
  }
  const openSockets = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))
  const honest = await ask('127.0.0.3')
  // Two fit: what a connection has taken of sixteen mebibytes is its own.
  for (let i = 0; i < 12; i++) await ask('127.0.0.2')
  await vi.waitFor(async () => expect(await openSockets()).toBeLessThanOrEqual(1 + 4), patience)
  expect(await openSockets()).toBeGreaterThanOrEqual(1 + 2)
  let read = 0
  honest.on('data', (bytes) => (read += bytes.length))
  await vi.waitFor(() => expect(read).toBeGreaterThan(answer.length), patience)
  // Whoever reads has its answer, also beside those of its own that are left.
  const reads = await ask('127.0.0.2')
  let own = 0
  reads.on('data', (bytes) => (own += bytes.length))
  await vi.waitFor(() => expect(own).toBeGreaterThan(answer.length), patience)
  await end(server)
})
