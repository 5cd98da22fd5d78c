import { EventEmitter, once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { patience } from '../../core/test/patience.ts'
import { ConnectionOwners } from '../connectionOwners.ts'
import { boundConnections } from '../connections.ts'
import { Proxies } from '../http/proxies.ts'
import { RestingAddresses } from '../restingAddresses.ts'

/** Connections of one address from which many ask, some of whom are known once they have, and of all addresses. */

const bounds = {
  connections: 100,
  connectionsPerClient: 3,
  connectionYieldMs: 2000,
  requestsPerConnection: 4,
  connectionRestMs: 1000,
  requestTimeoutMs: 120_000,
  bytesPerTimeout: 480 * 1024,
}
const clock = { ms: 0 }
const sockets: Socket[] = []
let server: Server | undefined

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  if (!server) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
  server = undefined
})

/** A server that answers `/` and nothing else, and takes who says a name for known. */
async function begun(more: Partial<typeof bounds> = {}): Promise<number> {
  const owners = new ConnectionOwners()
  clock.ms = 0
  server = createServer((request, response) => {
    const { name } = request.headers
    if (typeof name === 'string') owners.own(request.socket, `key ${name}`)
    if (request.url === '/') response.end('ok')
  })
  boundConnections(server, { ...bounds, ...more }, new Proxies([]), { owners, now: () => clock.ms })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

const head = (path: string, name?: string) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\n${name === undefined ? '' : `Name: ${name}\r\n`}\r\n`

/** A connection over which that was asked, once the server has it; null where it closed it. */
async function asked(port: number, text: string, localAddress = '127.0.0.1'): Promise<Socket | null> {
  const arrived = once(server as Server, 'request')
  const socket = connect({ port, host: '127.0.0.1', localAddress })
    .on('error', () => {})
    .resume()
  sockets.push(socket)
  socket.write(text)
  const closed = once(socket, 'close')
  await Promise.race([arrived, closed])
  return socket.destroyed ? null : socket
}

const isClosed = (socket: Socket | null) => vi.waitFor(() => expect(socket?.destroyed).toBe(true), patience)

async function answers(socket: Socket | null, text: string): Promise<void> {
  socket?.write(text)
  expect(String((await once(socket as Socket, 'data'))[0])).toContain('200 OK')
}

describe('whoever is known', () => {
  test('has connections of its own, and a new one, whatever others at its address hold', async () => {
    const port = await begun()
    const known = await asked(port, head('/', 'a'))
    // Nobody says who they are, and none of them has an answer: none is quiet.
    const others = []
    for (let i = 0; i < 3; i++) others.push(await asked(port, head('/never')))
    const more = await asked(port, head('/', 'a'))
    await isClosed(others[0] ?? null)
    expect([known, more, others[1], others[2]].map((socket) => socket?.destroyed)).toEqual([false, false, false, false])
    for (let i = 0; i < 20; i++) expect(await asked(port, head('/never'))).not.toBeNull()
    await answers(known, head('/', 'a'))
    await answers(more, head('/', 'a'))
  })

  test('has no more of them than an address, and takes nobody’s', async () => {
    const port = await begun()
    const busy = []
    for (let i = 0; i < 3; i++) busy.push(await asked(port, head('/never', 'a')))
    const other = await asked(port, head('/', 'b'))
    await isClosed(await asked(port, head('/never', 'a')))
    expect([...busy, other].map((socket) => socket?.destroyed)).toEqual([false, false, false, false])
  })

  test('has a new one soon while its address rests for what another sent', async () => {
    // A hundredth of the rest is what one waits for.
    const port = await begun({ connectionRestMs: 100_000 })
    const known = await asked(port, head('/', 'a'))
    const full = connect({ port, host: '127.0.0.1' })
      .on('error', () => {})
      .resume()
    sockets.push(full)
    full.write(head('/never').repeat(100))
    await isClosed(full)
    await answers(known, head('/', 'a'))
    const served = vi.fn()
    server?.on('request', served)
    // One that has sent too much by its turn is closed before any of it is taken apart.
    expect(await asked(port, head('/never').repeat(100))).toBeNull()
    expect(served).not.toHaveBeenCalled()
    expect(await asked(port, head('/', 'a'))).not.toBeNull()
  })
})

test('where all connections are taken, one over which nothing was ever asked makes room for who has none', async () => {
  const port = await begun({ connections: 4 })
  const idle = []
  for (const last of [2, 3]) {
    const arrived = once(server as Server, 'connection')
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${last}` }).on('error', () => {})
    sockets.push(socket.resume())
    await arrived
    idle.push(socket)
    clock.ms += 1
  }
  const asking = [await asked(port, head('/'), '127.0.0.4'), await asked(port, head('/'), '127.0.0.5')]
  // None has been silent for long enough.
  expect(await asked(port, head('/'), '127.0.0.6')).toBeNull()
  clock.ms += 3000
  expect(await asked(port, head('/'), '127.0.0.6')).not.toBeNull()
  await isClosed(idle[0] ?? null)
  expect([idle[1], ...asking].map((socket) => socket?.destroyed)).toEqual([false, false, false])
})

describe('an address that rests', () => {
  class Waiter extends EventEmitter {
    destroyed = false
    destroy(): void {
      this.destroyed = true
    }
  }
  const waiter = () => new Waiter() as EventEmitter as Socket

  afterEach(() => vi.useRealTimers())

  test('has one connection let in now and then, the newest and the oldest by turns, and all once it has rested', () => {
    vi.useFakeTimers()
    const served: Socket[] = []
    const addresses = new RestingAddresses(10_000, (socket) => void served.push(socket))
    expect(addresses.holds('a', waiter())).toBe(false)
    addresses.rest('a')
    // One clock for the rest itself, and none for those who wait before there is one.
    expect(vi.getTimerCount()).toBe(1)
    expect(addresses.holds('b', waiter())).toBe(false)
    const [first, second, third, fourth] = Array.from({ length: 4 }, waiter) as [Socket, Socket, Socket, Socket]
    for (const socket of [first, second, third, fourth]) expect(addresses.holds('a', socket)).toBe(true)
    vi.advanceTimersByTime(49)
    expect(served).toEqual([])
    vi.advanceTimersByTime(1)
    expect(served).toEqual([fourth])
    vi.advanceTimersByTime(50)
    expect(served).toEqual([fourth, first])
    third.destroy()
    vi.advanceTimersByTime(50)
    expect(served).toEqual([fourth, first, second])
    // More than may wait: the oldest are closed.
    const many = Array.from({ length: 100 }, waiter)
    for (const socket of many) addresses.holds('a', socket)
    expect(many.filter(({ destroyed }) => destroyed)).toEqual(many.slice(0, 36))
    vi.advanceTimersByTime(10_000)
    expect(served).toHaveLength(3 + 64)
    expect(addresses.holds('a', waiter())).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('has none at all where all who ask from it are one', () => {
    vi.useFakeTimers()
    const addresses = new RestingAddresses(10_000, null)
    addresses.rest('a')
    const socket = waiter()
    expect([addresses.holds('a', socket), socket.destroyed]).toEqual([true, true])
    vi.advanceTimersByTime(10_000)
    expect(addresses.holds('a', waiter())).toBe(false)
  })
})
