interface Client {
  /** Where it stands in the order: the work that it was given, on a clock that goes on with the work of all. */
  tag: number
  readonly waiting: StoredPiece[]
}

interface StoredPiece {
  readonly client: string
  /** In the units of `work.ts`. */
  readonly work: number
  readonly enter: () => void
}

/**
 * While anybody scores, work that others need not wait for rests so many times as long as its last piece took, and at most so many
 * milliseconds: a process that was stopped for an hour has not worked for one.
 */
const restTimes = 2
const mostRestMs = 2000

/** Until when what took so long, and has just ended, rests. */
export function restEnd(began: number, now: number): number {
  return now + Math.min(mostRestMs, restTimes * (now - began))
}

/**
 * The pieces of stored runs that wait for a thread, in an order of their own: least work first, by client, as scores are
 * (`FairQueue`), so that what a client's stored runs had to wait is nothing that its live scores are owed. Nobody waits for an answer
 * to one. So while anybody scores, one is computed at a time, with a rest after it: all together have a third of one place then,
 * however many there are, and are never kept out.
 */
export class StoredTurns {
  readonly #clients = new Map<string, Client>()
  /** The tag of the piece that entered last. */
  #reached = 0
  #inside = 0
  #waiting = 0
  #restUntil = Number.NEGATIVE_INFINITY

  get waiting(): number {
    return this.#waiting
  }

  get inside(): number {
    return this.#inside
  }

  /** When a piece may be next while anybody scores, on the clock of {@link left}. */
  get restUntil(): number {
    return this.#restUntil
  }

  /** Whether one that waits may enter a place beside somebody who scores. */
  mayEnterBeside(now: number): boolean {
    return this.#waiting > 0 && this.#inside === 0 && this.#restUntil <= now
  }

  /** Puts a piece into its client's queue; returns what takes it out again. */
  wait(piece: StoredPiece): () => void {
    const client = this.#clients.get(piece.client) ?? { tag: 0, waiting: [] }
    this.#clients.set(piece.client, client)
    if (client.waiting.length === 0) client.tag = Math.max(client.tag, this.#reached)
    client.waiting.push(piece)
    this.#waiting++
    return () => {
      const found = client.waiting.indexOf(piece)
      if (found < 0) return
      client.waiting.splice(found, 1)
      this.#waiting--
    }
  }

  /** Takes the next piece out of its queue. */
  take(): (() => void) | undefined {
    const waiting = [...this.#clients.values()].filter((client) => client.waiting.length > 0)
    const client = least(waiting)
    const piece = client?.waiting.shift()
    if (client === undefined || piece === undefined) return undefined
    this.#waiting--
    this.#inside++
    this.#reached = Math.max(this.#reached, client.tag)
    client.tag += piece.work
    return piece.enter
  }

  /** A piece that entered has ended. `now`: milliseconds on a clock that only goes forward. */
  left(began: number, now: number): void {
    this.#inside--
    this.#restUntil = restEnd(began, now)
    const idle = this.#inside === 0 && this.#waiting === 0
    for (const [name, { waiting, tag }] of this.#clients) {
      if (idle || (waiting.length === 0 && tag <= this.#reached)) this.#clients.delete(name)
    }
  }
}

/** Who was given least; of equals, who has been here longest. */
export function least<T extends { readonly tag: number }>(clients: readonly T[]): T | undefined {
  return clients.reduce<T | undefined>((found, each) => (found && found.tag <= each.tag ? found : each), undefined)
}
