import { setMaxListeners } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { asked, type Target } from './target.ts'

/** What was answered to a request: `closed` is no answer. */
export interface Answer {
  readonly status: string
  readonly body: Buffer
}

export interface Asked {
  readonly type?: string
  readonly body?: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  /** After so many bytes of the body the connection is closed. */
  readonly breaksOffAt?: number
}

const nothing = (): void => {}

/** What a load works with: requests from one address, counted by how they were answered. */
export class Caller {
  readonly target: Target
  readonly signal: AbortSignal
  readonly answers = new Map<string, number>()
  readonly #agent: Agent
  readonly #localAddress: string
  #strangers = 1

  constructor(target: Target, localAddress: string, signal: AbortSignal) {
    this.target = target
    this.signal = signal
    this.#localAddress = localAddress
    this.#agent = new Agent({ keepAlive: true, localAddress })
    setMaxListeners(0, signal)
    signal.addEventListener('abort', () => this.#agent.destroy())
  }

  count(answer: string): void {
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1)
  }

  /** One request, settled whatever becomes of it. */
  ask(method: string, path: string, { type, body, headers = {}, breaksOffAt }: Asked = {}): Promise<Answer> {
    return new Promise((resolve) => {
      const pieces: Buffer[] = []
      const end = (status: string): void => {
        this.count(status)
        resolve({ status, body: Buffer.concat(pieces) })
      }
      const all = {
        ...asked(this.target),
        ...(type !== undefined && { 'Content-Type': type }),
        ...(body && { 'Content-Length': body.length }),
        ...headers,
      }
      const sent = request(
        new URL(path, this.target.url),
        { method, headers: all, agent: this.#agent, signal: this.signal },
        (answer) => {
          answer.on('data', (piece: Buffer) => pieces.push(piece))
          answer.on('error', () => {})
          answer.on('close', () => end(String(answer.statusCode)))
        },
      )
      sent.on('error', () => end('closed'))
      // One that a server closes after its answer, while the body still goes out, is nobody's any more.
      sent.on('socket', (socket) => socket.off('error', nothing).on('error', nothing))
      if (body === undefined || breaksOffAt === undefined) sent.end(body)
      else sent.write(body.subarray(0, breaksOffAt), () => sent.destroy())
    })
  }

  /** What is answered to a request that prepares the load, as JSON; null where it was refused. */
  async prepare(method: string, path: string, what: Asked): Promise<Record<string, unknown> | null> {
    const { status, body } = await this.ask(method, path, what)
    return /^2/.test(status) ? JSON.parse(body.toString() || '{}') : null
  }

  /** So many of them at once, each again as soon as it is answered. */
  keepAsking(count: number, ask: (lane: number) => Promise<unknown>): void {
    for (let i = 0; i < count; i++) {
      void (async () => {
        while (!this.signal.aborted) {
          await ask(i)
          // A server that closes at once is not to be asked in a loop that nothing else runs beside.
          await new Promise((resolve) => setImmediate(resolve))
        }
      })()
    }
  }

  /** So many connections, each opened anew a second after it is closed, over which `text` is sent once and then a byte a second. */
  keepConnected(count: number, text: string, everySecond: string): void {
    for (let i = 0; i < count; i++) {
      this.#open(1000, (socket) => {
        if (text) socket.write(text)
        const drip = setInterval(() => everySecond && socket.write(everySecond), 1000)
        socket.on('close', () => clearInterval(drip))
      })
    }
  }

  /**
   * So many connections over which, after `first`, `text` is written as fast as they take it, whatever comes back. Where `strangers`,
   * each comes from an address that never asked before.
   */
  keepWriting(count: number, text: Uint8Array | string, { first = '', strangers = false } = {}): void {
    const opened = (socket: Socket): void => {
      if (first) socket.write(first)
      const more = (): void => {
        while (!socket.destroyed && socket.write(text)) {}
      }
      socket.on('drain', more)
      more()
    }
    for (let i = 0; i < count; i++) this.#open(0, opened, strangers ? () => this.#stranger() : undefined)
  }

  /** So many connections that are closed as soon as they are open and `text` is sent, and opened anew. */
  keepConnecting(count: number, text = ''): void {
    for (let i = 0; i < count; i++) {
      this.#open(0, (socket) => (text ? socket.write(text, () => socket.destroy()) : socket.destroy()))
    }
  }

  /** So many connections over which `text` is sent and nothing read of what comes back. */
  keepUnread(count: number, text: string): void {
    for (let i = 0; i < count; i++) {
      this.#open(1000, (socket) => {
        socket.pause()
        socket.write(text)
      })
    }
  }

  /** An address of this machine that is no load's and was not given before. */
  #stranger(): string {
    const number = this.#strangers++
    return [127, 128 + (number >> 16), (number >> 8) & 255, number & 255].join('.')
  }

  #open(againMs: number, opened: (socket: Socket) => void, from = () => this.#localAddress): void {
    if (this.signal.aborted) return
    const { hostname, port } = new URL(this.target.url)
    const socket = connect({ host: hostname, port: Number(port), localAddress: from() })
    const stop = () => socket.destroy()
    this.signal.addEventListener('abort', stop)
    socket.resume()
    socket.on('error', () => {})
    socket.on('connect', () => opened(socket))
    socket.on('close', () => {
      this.signal.removeEventListener('abort', stop)
      this.count('closed')
      setTimeout(() => this.#open(againMs, opened, from), againMs)
    })
  }
}
