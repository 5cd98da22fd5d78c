import type { HourSaid } from '../../client/hourRoom.ts'
import { type Hour, reachOf } from '../../client/reach.ts'
import type { RunShape } from '../../client/schemeChoice.ts'
import type { ModelList, ScoringServer } from '../../client/server.ts'
import type { CardSummary } from '../../core/card/card.ts'
import { leftToResume } from './leftToResume.ts'
import type { SessionStore } from './store.ts'

/** A run that takes no more than this part of what is left is not worth asking again how much that is. */
const farOff = 1 / 16

/** What the server said so many milliseconds ago is asked anew before anything begins. */
const soonOld = 60_000

/** The run that the page is about to begin. */
export interface NextRun {
  /** The parameter set of its key. */
  readonly set: string
  readonly shape: RunShape
}

/** How far the server's hour reaches for the next run: said before it begins. */
export class BudgetSlice {
  readonly #store: SessionStore
  readonly #server: ScoringServer
  readonly #nextRun: () => NextRun | null
  #hour: Hour | null = null
  /** The versions of models that the server has. */
  #hashes: ReadonlySet<string> = new Set()
  /** When that was told, in milliseconds since 1970. */
  #at = 0
  #looks = 0
  readonly #heard = new WeakSet<ModelList>()

  constructor(store: SessionStore, server: ScoringServer, nextRun: () => NextRun | null) {
    this.#store = store
    this.#server = server
    this.#nextRun = nextRun
    store.subscribe((now, before) => {
      if (leftToResume(now) !== leftToResume(before)) this.#reckon()
    })
  }

  /** What the server says of the hour, where it says something. */
  told(list: ModelList): void {
    // One that is kept says nothing new when another of its models is chosen.
    if (!this.#heard.has(list)) {
      this.#heard.add(list)
      this.#hour = list.budget ?? null
      this.#at = Date.now()
      this.#hashes = new Set(list.models.map(({ hash }) => hash))
    }
    this.#reckon()
  }

  /** Looks how far it reaches, and asks how much is left where that matters. */
  async look(): Promise<void> {
    const looks = ++this.#looks
    const slots = this.#reckon()
    if (this.#hour === null || slots <= farOff * this.#hour.left) return
    const list = await this.#server.models().catch(() => null)
    if (list && looks === this.#looks) this.told(list)
  }

  /** Whether the server had this version of a model when it was asked last, and that is not long ago. */
  offers({ hash }: Pick<CardSummary, 'hash'>): boolean {
    return Date.now() - this.#at < soonOld && this.#hashes.has(hash)
  }

  /** What was said of it, for a run that begins. */
  get said(): HourSaid | null {
    return this.#hour && { left: this.#hour.left, perHour: this.#hour.perHour, at: this.#full(this.#hour) }
  }

  /** An hour begins with what is first charged to it. Milliseconds since 1970. */
  #full({ fullIn }: Hour): number {
    return fullIn > 0 ? this.#at + 1000 * fullIn : Date.now() + 3_600_000
  }

  /** The slots of the next run. */
  #reckon(): number {
    const next = this.#nextRun()
    // What was answered of a run that broke off is paid for.
    const records = leftToResume(this.#store.getState()) ?? next?.shape.records
    if (!next || !records || this.#hour === null) {
      this.#store.setState({ reach: null })
      return 0
    }
    const { slots, now, perHour } = reachOf(this.#hour, next.set, { ...next.shape, records })
    const full = this.#full(this.#hour)
    this.#store.setState({ reach: now < records ? { now, rest: records - now, perHour, at: full } : null })
    return slots
  }
}
