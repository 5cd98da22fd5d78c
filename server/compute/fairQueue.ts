import { cancelled } from '../../core/errors.ts'
import { spareTimeout, type Timer } from '../../platform/timers.ts'

/** How a piece of work comes to a place. */
export type Turn =
  /** A client's work, estimated in the units of `work.ts`. */
  | { readonly kind: 'score'; readonly client: string; readonly work: number }
  /** The same, that saves the client's other work its time: where there are several places, it goes before that. */
  | { readonly kind: 'ahead'; readonly client: string; readonly work: number }
  /** A step of a key's check, which began to wait at `since`. */
  | { readonly kind: 'key'; readonly client: string; readonly work: number; readonly since: number }
  /** What nobody waits for. */
  | { readonly kind: 'spare' }

type ClientTurn = Exclude<Turn, { kind: 'spare' }>

interface Entry<T extends Turn> {
  readonly turn: T
  readonly enter: () => void
}

/** What the queue knows of a client that has work, or had some just now. */
class Client {
  /** Where it stands in the order: the work that it was given, on a clock that goes on with the work of all. */
  tag = 0
  inside = 0
  /** Until when a place is kept for it. */
  heldUntil = Number.NEGATIVE_INFINITY
  /** Whether that is for a score. */
  scoredLast = false
  /** The pieces that it had here, waiting or inside, when one was added last. */
  atOnce = 0
  readonly scores: Entry<ClientTurn>[] = []
  readonly keys: Entry<ClientTurn & { readonly kind: 'key' }>[] = []

  get waits(): boolean {
    return this.scores.length + this.keys.length > 0
  }

  isAbout(now: number): boolean {
    return this.waits || this.inside > 0 || this.heldUntil > now
  }

  /** Whether it has no place, and scores for one now or in a moment. A key may have to wait for another's. */
  lacksPlace(now: number): boolean {
    return this.inside === 0 && (this.scores.length > 0 || (this.heldUntil > now && this.scoredLast))
  }
}

/** A step of a key's check that has waited for so long, in milliseconds, takes its client's turn like a score. */
const keyPatienceMs = 10_000
/** A place is kept for a client for so many times as long as its last work took, and at most for so many milliseconds. */
const holdTimes = 4
const mostHoldMs = 500

/**
 * Lets `width` holders through at a time, fairly between clients.
 *
 * Who is next is who was given least work, by start-time fair queueing (Goyal, Vin and Cheng, 1996): a client's tag grows by
 * the work of each of its pieces, and one that comes back begins where the others stand, so that resting saves nothing up.
 * As long as another client is about, none holds all of several places: who sends little waits for nobody, and with two
 * places or more no client's share falls below an equal one by that. "About" is who has work here, or had it a few times its
 * length ago. The last of several places is also kept for whoever is about, has none, and has less here at once than who would
 * enter: so many clients that bring much at once, however many they are, leave a place to one that waits for each answer.
 *
 * Checks of keys enter when no score may, one at a time, so that keys cannot keep scores waiting; after `keyPatienceMs` they
 * take turns, so that scores cannot keep keys out. Spare work enters when nobody waits, and leaves one place free where
 * there are several.
 */
export class FairQueue {
  readonly #width: number
  readonly #now: () => number
  readonly #clients = new Map<string, Client>()
  readonly #spare: Entry<Turn>[] = []
  readonly #inside = { score: 0, key: 0, spare: 0 }
  /** The tag of the piece that entered last. */
  #reached = 0
  #timer: Timer | null = null
  #wakesAt = 0

  /** `now`: milliseconds on a clock that only goes forward. */
  constructor(width: number, now: () => number = () => performance.now()) {
    this.#width = width
    this.#now = now
  }

  /** Pieces of clients' work that wait. */
  get waiting(): number {
    let sum = 0
    for (const { scores, keys } of this.#clients.values()) sum += scores.length + keys.length
    return sum
  }

  get spareWaiting(): number {
    return this.#spare.length
  }

  get inside(): number {
    return this.#inside.score + this.#inside.key + this.#inside.spare
  }

  /**
   * Runs `work` once there is room. Rejects with `run/cancelled`, without running it, when the signal aborts first;
   * work that has begun is let finish, because stopping it would mean ending its thread.
   */
  async run<T>(turn: Turn, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    await this.#enter(turn, signal)
    const began = this.#now()
    try {
      return await work()
    } finally {
      this.#leave(turn, began)
      this.#admit()
    }
  }

  #enter(turn: Turn, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled())
      const enter = (): void => {
        signal?.removeEventListener('abort', cancel)
        resolve()
      }
      const leave = this.#wait(turn, enter)
      const cancel = (): void => {
        leave()
        reject(cancelled())
        this.#admit()
      }
      signal?.addEventListener('abort', cancel, { once: true })
      this.#admit()
    })
  }

  /** Puts a piece into its queue; returns what takes it out again. */
  #wait(turn: Turn, enter: () => void): () => void {
    if (turn.kind === 'spare') return placed(this.#spare, { turn, enter }, this.#spare.length)
    const client = this.#client(turn.client)
    if (!client.waits) client.tag = Math.max(client.tag, this.#reached)
    client.atOnce = client.scores.length + client.keys.length + client.inside + 1
    if (turn.kind === 'key') return placed(client.keys, { turn, enter }, client.keys.length)
    const first = this.#width > 1 ? 0 : 1
    return placed(client.scores, { turn, enter }, turn.kind === 'ahead' ? first : client.scores.length)
  }

  #client(name: string): Client {
    const client = this.#clients.get(name) ?? new Client()
    this.#clients.set(name, client)
    return client
  }

  #admit(): void {
    while (this.inside < this.#width) {
      const enter = this.#next()
      if (enter === undefined) {
        this.#wakeLater()
        return
      }
      enter()
    }
  }

  /** Takes the next piece out of its queue. */
  #next(): (() => void) | undefined {
    const now = this.#now()
    const free = [...this.#clients.values()].filter((client) => client.waits && this.#mayEnter(client, now))
    const aged = ({ keys }: Client) => this.#inside.key === 0 && this.#ageAt(keys[0]) <= now
    const scoring = least(free.filter((client) => client.scores.length > 0 || aged(client)))
    if (scoring) return this.#take(scoring, aged(scoring) ? scoring.keys : scoring.scores)
    const checking = this.#inside.key === 0 ? least(free) : undefined
    if (checking) return this.#take(checking, checking.keys)
    if (this.waiting > 0 || this.#inside.spare >= Math.max(1, this.#width - 1)) return undefined
    const spare = this.#spare.shift()
    if (spare) this.#inside.spare++
    return spare?.enter
  }

  #take(client: Client, queue: Entry<ClientTurn>[]): (() => void) | undefined {
    const entry = queue.shift()
    if (entry === undefined) return undefined
    this.#inside[entry.turn.kind === 'key' ? 'key' : 'score']++
    client.inside++
    this.#reached = Math.max(this.#reached, client.tag)
    client.tag += entry.turn.work
    return entry.enter
  }

  #ageAt(entry: Entry<ClientTurn & { readonly kind: 'key' }> | undefined): number {
    return entry === undefined ? Number.POSITIVE_INFINITY : entry.turn.since + keyPatienceMs
  }

  /** Whether a client may have one of the places that are free: the last one may be another's. */
  #mayEnter(client: Client, now: number): boolean {
    if (this.#width === 1 || this.inside < this.#width - 1) return true
    for (const other of this.#clients.values()) {
      if (other === client || !other.isAbout(now)) continue
      if (client.inside >= this.#width - 1 || (other.lacksPlace(now) && other.atOnce < client.atOnce)) return false
    }
    return true
  }

  #leave(turn: Turn, began: number): void {
    if (turn.kind === 'spare') {
      this.#inside.spare--
      return
    }
    this.#inside[turn.kind === 'key' ? 'key' : 'score']--
    const now = this.#now()
    const client = this.#client(turn.client)
    client.inside--
    client.scoredLast = turn.kind !== 'key'
    client.heldUntil = now + Math.min(mostHoldMs, holdTimes * (now - began))
    const idle = this.inside === 0 && this.waiting === 0
    // Nobody is owed anything any more.
    if (idle) for (const { tag } of this.#clients.values()) this.#reached = Math.max(this.#reached, tag)
    for (const [name, { waits, inside, tag, heldUntil }] of this.#clients) {
      if (!waits && inside === 0 && tag <= this.#reached && heldUntil <= now) this.#clients.delete(name)
    }
  }

  /** Looks again when a place is not kept any more, or a key has waited for long enough. */
  #wakeLater(): void {
    if (this.waiting === 0) return
    const now = this.#now()
    const times = [...this.#clients.values()].flatMap(({ heldUntil, keys }) => [heldUntil, this.#ageAt(keys[0])])
    const next = Math.min(...times.filter((time) => time > now))
    if (next === Number.POSITIVE_INFINITY || (this.#timer !== null && this.#wakesAt <= next)) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#wakesAt = next
    const wake = (): void => {
      this.#timer = null
      this.#admit()
    }
    this.#timer = spareTimeout(wake, Math.max(1, next - now))
  }
}

function placed<T extends Turn>(queue: Entry<T>[], entry: Entry<T>, at: number): () => void {
  queue.splice(at, 0, entry)
  return () => {
    const found = queue.indexOf(entry)
    if (found >= 0) queue.splice(found, 1)
  }
}

/** Who was given least; of equals, who has been here longest. */
function least(clients: readonly Client[]): Client | undefined {
  return clients.reduce<Client | undefined>((found, each) => (found && found.tag <= each.tag ? found : each), undefined)
}
