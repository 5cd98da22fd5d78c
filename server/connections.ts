import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { endPacketsOfClosed } from './closedPackets.ts'
import type { ConnectionOwners } from './connectionOwners.ts'
import type { Proxies } from './http/proxies.ts'
import type { Limits } from './limits.ts'
import { RestingAddresses } from './restingAddresses.ts'
import { clientOf } from './state/client.ts'
import { withinShare } from './state/share.ts'

type Bounds = Pick<
  Limits,
  | 'connections'
  | 'connectionsPerClient'
  | 'connectionYieldMs'
  | 'requestsPerConnection'
  | 'connectionRestMs'
  | 'requestTimeoutMs'
  | 'bytesPerTimeout'
>

/** What was asked over a connection. */
interface Asked {
  /** Requests that have no answer yet. */
  unanswered: number
  /** Whether the last was answered, once all of it had come. */
  answered: boolean
  /** Since when nothing is under way, on a clock that only goes forward. */
  quietSince: number
  /** The request that came last, when that was, and the bytes that had come over the connection by then. */
  last: { readonly request: IncomingMessage; readonly at: number; readonly bytesBefore: number } | null
}

interface Parts {
  /** Whose connections are, where who asks is known by more than an address. */
  readonly owners?: ConnectionOwners | null
  /** Milliseconds on a clock that only goes forward. */
  readonly now?: () => number
}

/**
 * Bounds the connections of one address. What is more takes the place of one over which nothing has been asked for a while, or whose
 * body comes more slowly than the slowest line that is meant; where there is none, it is closed at once. Those of a trusted proxy are of many clients, and are not bounded so. Of all that there may be,
 * several addresses together leave some to another, and where all are taken, one over which nothing was ever asked makes room for who
 * has none.
 *
 * Where who asks is known by more than an address, a connection counts as theirs from its first request on, and one more of those
 * that are still nobody's takes the place of the oldest: whoever is known has asked by then, and what others at its address hold, or
 * open, however many, keeps it from no connection.
 *
 * A connection has a few requests without an answer at a time. Whoever writes more of them, as nobody does who waits for answers, is
 * closed, and its address rests.
 *
 * Returns what has the address of a connection rest.
 */
export function boundConnections(
  server: Server,
  bounds: Bounds,
  proxies: Proxies,
  { owners = null, now = () => performance.now() }: Parts = {},
): (socket: Socket) => void {
  const { connections: all, connectionsPerClient: most, connectionRestMs } = bounds
  const held = new HeldConnections(bounds, now)
  // In place of what serves a connection, so that one too many costs no parser and no timers.
  const serve = server.listeners('connection')
  server.removeAllListeners('connection')
  const begin = (socket: Socket): void => {
    for (const each of serve) each.call(server, socket)
    endPacketsOfClosed(socket)
  }
  const accept = (socket: Socket, client: string): void => {
    const mayBeMore = () => held.of(client) < most && withinShare(held.of(client), 1, held.size, all)
    const hasPlace =
      mayBeMore() || (held.of(client) === 0 ? held.makeRoomOfAll() : held.makeRoom(client, owners !== null))
    if (!hasPlace) {
      socket.destroy()
      return
    }
    held.add(client, socket)
    begin(socket)
  }
  // What it sent while it waited shows what it is, before anything takes it apart.
  const letIn = (socket: Socket, client: string): void => {
    if (hasSentMore(socket, bounds.requestsPerConnection)) socket.destroy()
    else accept(socket, client)
  }
  const resting = new RestingAddresses(connectionRestMs, owners && letIn)
  const rest = ({ remoteAddress }: Socket): void => resting.rest(clientOf(remoteAddress))
  server.on('connection', (socket: Socket) => {
    const client = clientOf(socket.remoteAddress)
    if (proxies.trusts(socket.remoteAddress)) begin(socket)
    else if (!resting.holds(client, socket)) accept(socket, client)
  })
  if (owners) owners.onOwner = (socket, client) => held.give(socket as Socket, client, most)
  boundRequests(server, held, bounds.requestsPerConnection, rest)
  return rest
}

const endOfHead = '\r\n\r\n'

/** Whether more requests than so many came over a connection that nobody reads yet. It is read later as it came. */
function hasSentMore(socket: Socket, most: number): boolean {
  const sent = socket.read() as Buffer | null
  if (sent === null) return false
  let heads = 0
  for (let at = sent.indexOf(endOfHead); at >= 0; at = sent.indexOf(endOfHead, at + endOfHead.length)) heads++
  socket.unshift(sent)
  return heads > most
}

/** Connections by client, and what was asked over each. */
class HeldConnections {
  readonly #leastMs: number
  readonly #bytesPerMs: number
  readonly #now: () => number
  readonly #ofClient = new Map<string, Set<Socket>>()
  readonly #clients = new WeakMap<Socket, string>()
  readonly #asked = new WeakMap<Socket, Asked>()
  /** Those over which nothing was ever asked, the oldest first. */
  readonly #unasked = new Set<Socket>()
  #size = 0

  constructor({ connectionYieldMs, bytesPerTimeout, requestTimeoutMs }: Bounds, now: () => number) {
    this.#leastMs = connectionYieldMs
    this.#bytesPerMs = bytesPerTimeout / requestTimeoutMs
    this.#now = now
  }

  get size(): number {
    return this.#size
  }

  of(client: string): number {
    return this.#ofClient.get(client)?.size ?? 0
  }

  /** Until it closes. */
  add(client: string, socket: Socket): void {
    this.#put(client, socket)
    this.#unasked.add(socket)
    this.askedOver(socket)
    socket.once('close', () => this.#remove(socket))
  }

  /** Has a connection be a client's; it is closed where that has so many. */
  give(socket: Socket, client: string, most: number): void {
    if (!this.#remove(socket)) return
    if (this.of(client) >= most && !this.makeRoom(client, false)) socket.destroy()
    else this.#put(client, socket)
  }

  #put(client: string, socket: Socket): void {
    const own = this.#ofClient.get(client) ?? new Set()
    this.#ofClient.set(client, own.add(socket))
    this.#clients.set(socket, client)
    this.#size++
  }

  askedOver(socket: Socket): Asked {
    const asked = this.#asked.get(socket) ?? { unanswered: 0, answered: false, quietSince: this.#now(), last: null }
    this.#asked.set(socket, asked)
    return asked
  }

  /** Notes a request, until it is answered. */
  ask(request: IncomingMessage, response: ServerResponse): void {
    const asked = this.askedOver(request.socket)
    this.#unasked.delete(request.socket)
    asked.unanswered++
    asked.last = { request, at: this.#now(), bytesBefore: request.socket.bytesRead }
    response.once('close', () => {
      asked.unanswered--
      // Nobody waits for what still comes of a body whose request was answered.
      asked.answered = request.complete
      asked.quietSince = request.complete ? this.#now() : Number.NEGATIVE_INFINITY
    })
  }

  /**
   * Closes the connection of a client that has been quiet for longest, one that was never answered before any that was; or else the
   * one whose body has come too slowly for longest; or else, where `whichever`, the oldest. False where there is none.
   */
  makeRoom(client: string, whichever: boolean): boolean {
    const all = Array.from(this.#ofClient.get(client) ?? [], (socket) => ({ socket, asked: this.askedOver(socket) }))
    const quiet = all.filter(({ asked }) => asked.unanswered === 0 && this.#now() - asked.quietSince >= this.#leastMs)
    const unasked = quiet.filter(({ asked }) => !asked.answered)
    const found =
      earliest(unasked.length > 0 ? unasked : quiet, ({ asked }) => asked.quietSince) ??
      earliest(
        all.filter((each) => this.#isSlow(each.socket, each.asked)),
        ({ asked }) => asked.last?.at ?? 0,
      ) ??
      (whichever ? all[0] : undefined)
    return this.#close(found?.socket)
  }

  /** Closes the connection, of whichever client, over which nothing was asked for longest. False where all asked, or are new. */
  makeRoomOfAll(): boolean {
    const [oldest] = this.#unasked
    const isOld = oldest !== undefined && this.#now() - this.askedOver(oldest).quietSince >= this.#leastMs
    return isOld && this.#close(oldest)
  }

  #close(socket: Socket | undefined): boolean {
    if (socket === undefined) return false
    this.#remove(socket)
    socket.destroy()
    return true
  }

  #isSlow(socket: Socket, { last }: Asked): boolean {
    if (last === null || last.request.complete) return false
    const ms = this.#now() - last.at
    return ms >= this.#leastMs && socket.bytesRead - last.bytesBefore < ms * this.#bytesPerMs
  }

  /** False for one that is not held. */
  #remove(socket: Socket): boolean {
    const client = this.#clients.get(socket) ?? ''
    const own = this.#ofClient.get(client)
    this.#unasked.delete(socket)
    if (!own?.delete(socket)) return false
    this.#size--
    if (own.size === 0) this.#ofClient.delete(client)
    return true
  }
}

function earliest<T>(all: readonly T[], at: (one: T) => number): T | undefined {
  return all.reduce<T | undefined>((found, each) => (found && at(found) <= at(each) ? found : each), undefined)
}

/** Closes a connection with more than so many requests that have no answer yet. */
function boundRequests(server: Server, held: HeldConnections, most: number, closed: (socket: Socket) => void): void {
  const serve = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    // The rest of the packet that it was closed for.
    if (socket.destroyed) return
    if (held.askedOver(socket).unanswered >= most) {
      closed(socket)
      socket.destroy()
      return
    }
    held.ask(request, response)
    for (const each of serve) each.call(server, request, response)
  })
}
