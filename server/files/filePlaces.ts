import { busy } from '../http/problem.ts'
import type { Limits } from '../limits.ts'
import { Places } from '../state/places.ts'

type Bounds = Pick<Limits, 'files' | 'filesPerClient' | 'fileYieldMs' | 'fileBytesPerSecond'>

/**
 * The places of files that are under way. Several clients together leave some to another; where all are taken none the less, one that has
 * none gets that of the file that comes, or whose answer is taken, most slowly, unless that is no slower than it may be.
 */
export class FilePlaces {
  readonly #bounds: Bounds
  readonly #now: () => number
  readonly #places: Places
  readonly #held = new Set<FilePlace>()

  /** `now`: milliseconds on a clock that only goes forward. */
  constructor(bounds: Bounds, now: () => number) {
    this.#bounds = bounds
    this.#now = now
    this.#places = new Places(bounds.files, bounds.filesPerClient)
  }

  /** Throws `request/busy`. */
  take(client: string): FilePlace {
    if (this.#places.taken >= this.#bounds.files && this.#places.of(client) === 0) this.#slowest()?.giveUp()
    const leave = this.#places.take(client)
    const place = new FilePlace(this.#now, this.#bounds.fileBytesPerSecond / 1000, () => {
      leave()
      this.#held.delete(place)
    })
    this.#held.add(place)
    return place
  }

  #slowest(): FilePlace | undefined {
    const slow = [...this.#held].filter((place) => place.behindMs >= this.#bounds.fileYieldMs)
    return slow.reduce<FilePlace | undefined>(
      (found, each) => (found && found.bytesPerMs <= each.bytesPerMs ? found : each),
      undefined,
    )
  }
}

/** A file's place, and how long it waits for its client: for what comes of the file, and for what is taken of the answer. */
export class FilePlace {
  readonly #now: () => number
  readonly #leastBytesPerMs: number
  readonly #leave: () => void
  readonly #lost = new AbortController()
  #bytes = 0
  #waitedMs = 0
  #behindMs = 0
  #waitsSince: number | null = null

  constructor(now: () => number, leastBytesPerMs: number, leave: () => void) {
    this.#now = now
    this.#leastBytesPerMs = leastBytesPerMs
    this.#leave = leave
  }

  /** Aborts when the place is another client's. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** How much longer its client has it wait now than so many bytes may take. What came fast before is no merit. */
  get behindMs(): number {
    return this.#waitsSince === null ? 0 : this.#behindMs + this.#now() - this.#waitsSince
  }

  get bytesPerMs(): number {
    const waits = this.#waitsSince === null ? 0 : this.#now() - this.#waitsSince
    return this.#bytes / (this.#waitedMs + waits)
  }

  /** From now on it waits for its client. */
  wait(): void {
    this.#waitsSince ??= this.#now()
  }

  /** Its client has sent or taken so many bytes. Throws `request/busy` where the place is lost. */
  moved(bytes: number): void {
    if (this.lost.aborted) busy()
    const waited = this.#waitsSince === null ? 0 : this.#now() - this.#waitsSince
    this.#waitsSince = null
    this.#bytes += bytes
    this.#waitedMs += waited
    this.#behindMs = Math.max(0, this.#behindMs + waited - bytes / this.#leastBytesPerMs)
  }

  /** The pieces of the file. Throws `request/busy` where the place is lost. */
  async *coming(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    this.wait()
    for await (const piece of pieces) {
      this.moved(piece.length)
      yield piece
      this.wait()
    }
    this.moved(0)
  }

  giveUp(): void {
    this.leave()
    this.#lost.abort()
  }

  /** Once or more often. */
  leave(): void {
    this.#leave()
  }
}
