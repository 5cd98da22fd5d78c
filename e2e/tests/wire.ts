import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * The line between browser and server, as bytes: everything that the browser sends is recorded, whatever it is and
 * whoever in the browser sends it. It can be cut and mended, and led to another server.
 */
export class Wire {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #sent: Buffer[] = []
  /** The server's end of every connection, and the browser's. */
  readonly #pairs = new Map<Socket, Socket>()
  #target: URL
  #cut = false
  /** The pairs of sockets whose answers wait, or null while none has to. */
  #held: Map<Socket, Socket> | null = null
  #posts = 0
  #onPost: (count: number) => void = () => {}
  /** Requests to score of this number and above are kept from the server. */
  #stopsAt = Number.POSITIVE_INFINITY

  static async to(url: string): Promise<Wire> {
    const wire = new Wire(url)
    wire.#server.listen(0, '127.0.0.1')
    await once(wire.#server, 'listening')
    return wire
  }

  private constructor(url: string) {
    this.#target = new URL(url)
    this.#server = createServer((socket) => this.#join(socket))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** Every byte that left the browser, in the order in which it came. */
  get sent(): Buffer {
    return Buffer.concat(this.#sent)
  }

  /** Requests to score that were begun. */
  get posts(): number {
    return this.#posts
  }

  /** Is told of every request to score: which one it is. */
  onPost(tell: (count: number) => void): void {
    this.#onPost = tell
  }

  /** Keeps the request to score of this number, and those after it, from the server; the ones before are answered. */
  stopAt(number: number): void {
    this.#stopsAt = number
  }

  cut(): void {
    this.#cut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend(): void {
    this.#cut = false
    this.#stopsAt = Number.POSITIVE_INFINITY
  }

  /** Lets no answer through until {@link release}; requests pass. */
  hold(): void {
    if (this.#held) return
    this.#held = new Map(this.#pairs)
    for (const [server, browser] of this.#held) server.unpipe(browser)
  }

  /** Holds answers back from the request to score of this number on, once; ends when they are held. */
  holdFrom(number: number): Promise<void> {
    return new Promise((resolve) => {
      this.onPost((count) => {
        if (count !== number) return
        this.onPost(() => {})
        this.hold()
        resolve()
      })
    })
  }

  release(): void {
    for (const [server, browser] of this.#held ?? []) server.pipe(browser)
    this.#held = null
  }

  /** Leads all that follows to another server. */
  lead(url: string): void {
    this.#target = new URL(url)
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(browser: Socket): void {
    if (this.#cut) {
      browser.destroy()
      return
    }
    const server = connect(Number(this.#target.port), this.#target.hostname)
    for (const [socket, other] of [
      [browser, server],
      [server, browser],
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
    let isStopped = false
    browser.on('data', (bytes) => {
      this.#sent.push(bytes)
      // Chromium sends a request's head in one piece.
      if (/^POST \S*\/scores /.test(bytes.toString('latin1', 0, 300))) {
        isStopped ||= ++this.#posts >= this.#stopsAt
        this.#onPost(this.#posts)
      }
      if (!isStopped) server.write(bytes)
    })
    browser.on('end', () => server.end())
    this.#pairs.set(server, browser)
    server.on('close', () => {
      this.#pairs.delete(server)
      this.#held?.delete(server)
    })
    if (this.#held) this.#held.set(server, browser)
    else server.pipe(browser)
  }
}
