import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { patience } from '../../core/test/patience.ts'
import { boundConnections } from '../connections.ts'
import { Proxies } from '../http/proxies.ts'
import { takeUnreadInTurns } from '../unreadBodies.ts'

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

test('what is unread of a body is taken a piece a turn, once its request is answered, and all of it', async () => {
  const bytes = 4 * 2 ** 20
  const turns: (() => void)[] = []
  let read = () => 0
  const server = createServer(({ socket }, response) => {
    read = () => socket.bytesRead
    response.end('nothing here')
  })
  takeUnreadInTurns(server, () => () => new Promise<void>((resolve) => turns.push(resolve)))
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

test('a connection full of requests that wait for no answer is closed, and its address rests', async () => {
  let served = 0
  const answers: (() => void)[] = []
  const server = createServer((_, response) => {
    served++
    answers.push(() => response.end('ok'))
  })
  const limits = { connections: 100, connectionsPerClient: 10, requestsPerConnection: 4, connectionRestMs: 1000 }
  boundConnections(server, limits, new Proxies([]))
  const port = await listening(server)
  const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
  const opened = (localAddress: string) => connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {})

  const waiting = opened('127.0.0.1')
  waiting.write(get)
  await vi.waitFor(() => expect(served).toBe(1), patience)
  const full = opened('127.0.0.1')
  full.write(get.repeat(1000))
  await once(full.resume(), 'close')
  // Of a thousand.
  expect(served).toBe(1 + 4)

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
