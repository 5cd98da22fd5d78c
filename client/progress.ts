import { throttle } from '../platform/throttle.ts'

/** Where a run stands: counts of what happened, never estimates. */
export interface Progress {
  /** Records that there will be; where that is not known, those read so far. */
  readonly total: number
  /** Records that have passed each stage. */
  readonly records: {
    readonly read: number
    readonly sealed: number
    /** Handed to the network at least once. */
    readonly sent: number
    readonly answered: number
    readonly opened: number
  }
  /**
   * Milliseconds of work per stage, added up over workers that run side by side. `send` is the time between the
   * first byte sent and the last received: network and server together.
   */
  readonly work: {
    readonly read: number
    readonly seal: number
    /** Items made during the run for chunks yet to be sealed. */
    readonly ahead: number
    readonly send: number
    readonly open: number
  }
  readonly bytesUp: number
  readonly bytesDown: number
  readonly ciphertexts: number
  /** Ciphertexts for which what is made ahead was there before the run asked for it. */
  readonly precomputed: number
  /** Planted records whose answers were what they must be (`planted.ts`). */
  readonly planted: number
  /** Milliseconds since the server last answered, while something is asked of it; else 0. */
  readonly waiting: number
  /** Milliseconds since the run began. */
  readonly elapsed: number
}

/** What sealing a chunk took. */
export interface SealingWork {
  readonly ciphertexts: number
  /** How many of the items that were made for them were there before. */
  readonly precomputed: number
  /** Milliseconds that this took its worker, and that it spent on items for chunks to come since the one before. */
  readonly took: number
  readonly ahead: number
}

/** How often a wait is told of, in milliseconds. */
const tick = 1000

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends number ? number : Mutable<T[K]> }

/** Counts a run as it goes and tells of it, as often as a person can follow. */
export class ProgressCounter {
  readonly #onProgress: (progress: Progress) => void
  /** Also once more after the last count, so that a run that stops does not show less than there was. */
  readonly #tell = throttle(() => this.#onProgress(this.#snapshot()))
  readonly #started = performance.now()
  readonly #total: number | null
  readonly #now: Mutable<Progress>
  /** Requests under way, since when none of them was answered, and what tells of the wait while nothing else changes. */
  #asking = 0
  #asked = 0
  #ticking: ReturnType<typeof setInterval> | undefined

  constructor(total: number | null, onProgress: (progress: Progress) => void) {
    this.#onProgress = onProgress
    this.#total = total
    this.#now = {
      total: total ?? 0,
      records: { read: 0, sealed: 0, sent: 0, answered: 0, opened: 0 },
      work: { read: 0, seal: 0, ahead: 0, send: 0, open: 0 },
      bytesUp: 0,
      bytesDown: 0,
      ciphertexts: 0,
      precomputed: 0,
      planted: 0,
      waiting: 0,
      elapsed: 0,
    }
  }

  async time<T>(stage: 'read' | 'send', work: () => Promise<T>): Promise<T> {
    const started = performance.now()
    if (stage === 'send') this.#ask()
    try {
      return await work()
    } finally {
      this.#now.work[stage] += performance.now() - started
      if (stage === 'send') this.#hear()
    }
  }

  #ask(): void {
    if (this.#asking++ > 0) return
    this.#asked = performance.now()
    this.#ticking = setInterval(() => this.#tell(), tick)
  }

  #hear(): void {
    this.#asked = performance.now()
    if (--this.#asking === 0) clearInterval(this.#ticking)
  }

  count(stage: keyof Progress['records'], records: number): void {
    this.#now.records[stage] += records
    if (this.#total === null) this.#now.total = this.#now.records.read
    this.#tell()
  }

  sealed(records: number, sealed: SealingWork): void {
    this.#now.work.seal += sealed.took
    this.#now.work.ahead += sealed.ahead
    this.#now.ciphertexts += sealed.ciphertexts
    this.#now.precomputed += sealed.precomputed
    this.count('sealed', records)
  }

  answered(records: number, bytesUp: number, bytesDown: number): void {
    this.#now.bytesUp += bytesUp
    this.#now.bytesDown += bytesDown
    this.count('answered', records)
  }

  /** Answers that an earlier part of the run got: sealed, sent and answered then, and counted in records only. */
  restored(records: number): void {
    for (const stage of ['sealed', 'sent', 'answered'] as const) this.count(stage, records)
  }

  opened(records: number, planted: number, took: number): void {
    this.#now.work.open += took
    this.#now.planted += planted
    this.count('opened', records)
  }

  finish(): Progress {
    const progress = this.#snapshot()
    this.#onProgress(progress)
    return progress
  }

  #snapshot(): Progress {
    const { records, work, ...rest } = this.#now
    const now = performance.now()
    const waiting = this.#asking > 0 ? now - this.#asked : 0
    return { ...rest, records: { ...records }, work: { ...work }, waiting, elapsed: now - this.#started }
  }
}
