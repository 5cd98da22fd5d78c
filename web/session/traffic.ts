import type { SentChunk } from '../../client/runReceipt.ts'
import type { Exchange } from '../../client/server.ts'
import { toHex } from '../../core/number/bytes.ts'
import { type Chunk, decodeChunk } from '../../core/protocol/wire.ts'

/**
 * A log of what the server saw: every exchange, the bodies of the last chunks, and for each chunk of each run the digest
 * of its body. All of it comes from the bytes that were handed to the network.
 */

/** An exchange and its number, counted from the page's opening. */
export interface Seen extends Exchange {
  readonly number: number
  /** For a chunk: what its header says. */
  readonly chunk?: { readonly number: number; readonly records: number; readonly run: string }
  /** Whether the body is still held, so that it can be opened. */
  readonly bodyHeld: boolean
}

/** All exchanges so far, also those that are listed no more. */
export interface Traffic {
  readonly requests: number
  readonly bytesUp: number
  readonly bytesDown: number
}

const mostListed = 500
const mostBodies = 20
const mostBodyBytes = 4 * 1024 * 1024
/** What was sent of a run, and how many more chunks are listed no more. */
interface SentRun {
  chunks: Promise<SentChunk>[]
  omitted: number
}

export class TrafficLog {
  #seen: readonly Seen[] = []
  #totals: Traffic = { requests: 0, bytesUp: 0, bytesDown: 0 }
  readonly #bodies = new Map<number, Uint8Array<ArrayBuffer>>()
  /** By run, the one that began first first. */
  readonly #runs = new Map<string, SentRun>()
  #chunks = 0
  readonly #mostChunks: number

  /** `mostChunks`: listed of all runs. Where there are more, those of the run that began first go. */
  constructor(mostChunks = 200_000) {
    this.#mostChunks = mostChunks
  }

  /** The last exchanges, newest last. */
  get seen(): readonly Seen[] {
    return this.#seen
  }

  get totals(): Traffic {
    return this.#totals
  }

  /** Takes note of an exchange and of the body that was handed to the network. */
  note(exchange: Exchange, body: Uint8Array<ArrayBuffer> | null): void {
    const { requests, bytesUp, bytesDown } = this.#totals
    const number = requests + 1
    this.#totals = {
      requests: number,
      bytesUp: bytesUp + exchange.bytesUp,
      bytesDown: bytesDown + exchange.bytesDown,
    }
    const chunk = exchange.method === 'POST' && body ? headerOf(body) : null
    if (chunk && body) {
      this.#hold(number, body)
      this.#receive(chunk, exchange, body)
    }
    const seen: Seen = {
      ...exchange,
      number,
      bodyHeld: false,
      ...(chunk && { chunk: { number: chunk.chunk, records: chunk.records, run: toHex(chunk.run) } }),
    }
    this.#seen = [...this.#seen.slice(-(mostListed - 1)), seen].map((each) =>
      each.bodyHeld === this.#bodies.has(each.number) ? each : { ...each, bodyHeld: this.#bodies.has(each.number) },
    )
  }

  /** The body of an exchange, while it is held. */
  body(number: number): Uint8Array<ArrayBuffer> | null {
    return this.#bodies.get(number) ?? null
  }

  /** The chunks of a run, in the order in which they were handed to the network. */
  async receipt(run: string): Promise<{ readonly chunks: readonly SentChunk[]; readonly omitted: number }> {
    const { chunks, omitted } = this.#runs.get(run) ?? { chunks: [], omitted: 0 }
    return { chunks: await Promise.all(chunks), omitted }
  }

  #hold(number: number, body: Uint8Array<ArrayBuffer>): void {
    this.#bodies.set(number, body)
    let bytes = 0
    for (const each of this.#bodies.values()) bytes += each.length
    for (const [oldest, { length }] of this.#bodies) {
      if (this.#bodies.size === 1 || (this.#bodies.size <= mostBodies && bytes <= mostBodyBytes)) break
      this.#bodies.delete(oldest)
      bytes -= length
    }
  }

  #receive(chunk: Chunk, exchange: Exchange, body: Uint8Array<ArrayBuffer>): void {
    const run = toHex(chunk.run)
    const own = this.#runs.get(run) ?? { chunks: [], omitted: 0 }
    this.#runs.set(run, own)
    if (!this.#makeRoom(own)) {
      own.omitted++
      return
    }
    const { at, milliseconds, status, bytesUp, bytesDown } = exchange
    const entry = {
      chunk: chunk.chunk,
      records: chunk.records,
      sentAt: new Date(at).toISOString(),
      milliseconds: Math.round(milliseconds),
      status,
      bytesUp,
      bytesDown,
    }
    this.#chunks++
    own.chunks.push(
      crypto.subtle.digest('SHA-256', body).then((digest) => ({ ...entry, sha256: toHex(new Uint8Array(digest)) })),
    )
  }

  /** Whether there is room for one more chunk of a run: what is left of others makes it. */
  #makeRoom(own: SentRun): boolean {
    if (this.#chunks < this.#mostChunks) return true
    const oldest = [...this.#runs.values()].find((run) => run !== own && run.chunks.length > 0)
    if (oldest === undefined) return false
    this.#chunks -= oldest.chunks.length
    oldest.omitted += oldest.chunks.length
    oldest.chunks = []
    return true
  }
}

function headerOf(body: Uint8Array): Chunk | null {
  try {
    return decodeChunk(body)
  } catch {
    return null
  }
}
