import { cancelled } from '../../core/errors.ts'
import { spareTimeout, type Timer } from '../../platform/timers.ts'
import { least, restEnd, StoredTurns } from './storedTurns.ts'

/** How a piece of work comes to a place. */
export type Turn =
  /** A client's work, estimated in the units of `work.ts`. */
  | { readonly kind: 'score'; readonly client: string; readonly work: number }
  /** The same, that saves the client's other work its time: where there are several places, it goes before that. */
  | { readonly kind: 'ahead'; readonly client: string; readonly work: number }
  /** A step of a key's check. */
  | { readonly kind: 'key'; readonly client: string; readonly work: number }
  /** A client's work on what is stored, which is fetched some time: nobody waits for it while others wait for their scores. */
  | { readonly kind: 'stored'; readonly client: string; readonly work: number }
  /** What nobody waits for. */
  | { readonly kind: 'spare' }

interface Entry {
  readonly turn: Turn
  readonly enter: () => void
}

/** What the queue knows of a client that has work, or had some just now. */
class Client {
  /** Where it stands in the order: the work that it was given, on a clock that goes on with the work of all. */
  tag = 0
  /** Its scores that have a place. */
  scoring = 0
  /** Until when a place is kept for its next score. */
  heldUntil = Number.NEGATIVE_INFINITY
  /** Milliseconds that its last score took. */
  tookMs = 0
  /** The scores that it had here, waiting or inside, when one was added last. */
  atOnce = 0
  readonly scores: Entry[] = []
  readonly keys: Entry[] = []

  get waits(): boolean {
    return this.scores.length + this.keys.length > 0
  }

  /** Whether it scores, or did just now. */
  isAbout(now: number): boolean {
    return this.scores.length > 0 || this.scoring > 0 || this.heldUntil > now
  }
}

/**
 * A place is kept for a client for so many times as long as the longer of its last two scores took, since a chunk's short
 * check comes before its long scores, and at most for so many milliseconds.
 */
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
 * Steps of keys' checks take their clients' turns as scores do, one at a time and, while anybody scores, with a rest after each:
 * so all keys together have a third of one place, however many there are, and no scores keep a key out. Work on what is
 * stored does the same while anybody scores (`StoredTurns`), and has all places where nobody does. Spare work enters when
 * nobody may. Beside who scores, these together leave one place free where there are several.
 */
export class FairQueue {
  readonly #width: number
  readonly #now: () => number
  readonly #clients = new Map<string, Client>()
  readonly #spare: Entry[] = []
  readonly #stored = new StoredTurns()
  readonly #inside = { score: 0, key: 0, spare: 0 }
  /** Until when keys rest, while anybody scores. */
  #keysRestUntil = Number.NEGATIVE_INFINITY
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
    let sum = this.#stored.waiting
    for (const { scores, keys } of this.#clients.values()) sum += scores.length + keys.length
    return sum
  }

  get spareWaiting(): number {
    return this.#spare.length
  }

  get inside(): number {
    return this.#inside.score + this.#inside.key + this.#inside.spare + this.#stored.inside
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
    if (turn.kind === 'stored') return this.#stored.wait({ ...turn, enter })
    const client = this.#client(turn.client)
    if (!client.waits) client.tag = Math.max(client.tag, this.#reached)
    if (turn.kind === 'key') return placed(client.keys, { turn, enter }, client.keys.length)
    client.atOnce = client.scores.length + client.scoring + 1
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
    const all = [...this.#clients.values()]
    const someScore = all.some((client) => client.isAbout(now))
    const someKeyMay = this.#mayCheck(all, someScore, now)
    const storedMay = someScore ? this.#leavesPlaceFree(true) && this.#stored.mayEnterBeside(now) : !someKeyMay
    const stored = storedMay ? this.#stored.take() : undefined
    if (stored) return stored
    const free = all.filter((each) => {
      const its = each.scores.length > 0 || (someKeyMay && each.keys.length > 0)
      return its && this.#mayEnter(each, someKeyMay, now)
    })
    const next = least(free)
    if (next) return this.#take(next, someKeyMay && next.keys.length > 0 ? next.keys : next.scores)
    if (someKeyMay || all.some(({ scores }) => scores.length > 0) || !this.#leavesPlaceFree(someScore)) return undefined
    const spare = this.#spare.shift()
    if (spare) this.#inside.spare++
    return spare?.enter
  }

  /** Whether one more piece that is no score leaves a place for scores. */
  #leavesPlaceFree(someScore: boolean): boolean {
    const { key, spare } = this.#inside
    return key + spare + (someScore ? this.#stored.inside : 0) < Math.max(1, this.#width - 1)
  }

  /** Whether a step of a key that waits may enter now. */
  #mayCheck(clients: readonly Client[], someScore: boolean, now: number): boolean {
    if (this.#inside.key > 0 || clients.every(({ keys }) => keys.length === 0)) return false
    if (!this.#leavesPlaceFree(someScore)) return false
    return this.#keysRestUntil <= now || !(someScore || this.#stored.waiting > 0)
  }

  #take(client: Client, queue: Entry[]): (() => void) | undefined {
    const entry = queue.shift()
    if (entry === undefined || entry.turn.kind === 'spare' || entry.turn.kind === 'stored') return undefined
    if (entry.turn.kind === 'key') this.#inside.key++
    else {
      this.#inside.score++
      client.scoring++
    }
    this.#reached = Math.max(this.#reached, client.tag)
    client.tag += entry.turn.work
    return entry.enter
  }

  /** Whether a client may have one of the places that are free: the last one may be another's. */
  #mayEnter(client: Client, someKeyMay: boolean, now: number): boolean {
    if (this.#width === 1 || this.inside < this.#width - 1) return true
    const atOnce = Math.max(client.atOnce, client.keys.length)
    for (const other of this.#clients.values()) {
      if (other === client) continue
      const about = other.isAbout(now)
      if (!about && !(someKeyMay && other.keys.length > 0)) continue
      const lacksPlace = about && other.scoring === 0
      if (client.scoring >= this.#width - 1 || (lacksPlace && other.atOnce < atOnce)) return false
    }
    return true
  }

  #leave(turn: Turn, began: number): void {
    if (turn.kind === 'spare') {
      this.#inside.spare--
      return
    }
    const now = this.#now()
    if (turn.kind === 'stored') this.#stored.left(began, now)
    else if (turn.kind === 'key') {
      this.#inside.key--
      this.#keysRestUntil = restEnd(began, now)
    } else this.#leaveScore(this.#client(turn.client), now - began, now)
    const idle = this.inside === 0 && this.waiting === 0
    // Nobody is owed anything any more.
    if (idle) for (const { tag } of this.#clients.values()) this.#reached = Math.max(this.#reached, tag)
    for (const [name, client] of this.#clients) {
      if (!client.waits && !client.isAbout(now) && client.tag <= this.#reached) this.#clients.delete(name)
    }
  }

  #leaveScore(client: Client, took: number, now: number): void {
    this.#inside.score--
    client.scoring--
    client.heldUntil = now + Math.min(mostHoldMs, holdTimes * Math.max(took, client.tookMs))
    client.tookMs = took
  }

  /** Looks again when a place is not kept any more, or keys have rested. */
  #wakeLater(): void {
    if (this.waiting + this.spareWaiting === 0) return
    const now = this.#now()
    const held = [...this.#clients.values()].map(({ heldUntil }) => heldUntil)
    const next = Math.min(...[...held, this.#keysRestUntil, this.#stored.restUntil].filter((time) => time > now))
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

function placed(queue: Entry[], entry: Entry, at: number): () => void {
  queue.splice(at, 0, entry)
  return () => {
    const found = queue.indexOf(entry)
    if (found >= 0) queue.splice(found, 1)
  }
}
