import * as z from 'zod/mini'
import { toBase64url } from '../../core/number/base64.ts'
import { equalBytes, toHex } from '../../core/number/bytes.ts'
import { secureRandom } from '../../platform/random.ts'
import { sha256Hex } from '../digest.ts'
import { readDigested, writeDigested } from '../digested.ts'
import { errorOf, fail } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import { type Log, silentLog } from '../log.ts'
import { defaultStudyLimits, type StudyLimits } from './limits.ts'
import { type StudyStore, slotName, studyName } from './store.ts'

/**
 * Studies whose owners leave messages for each other here. Each owner has a seat and a token for it, and says one thing in each slot:
 * what was said stays, and the same bytes may come again. Nothing of a message is understood here; that it is its owner's, and is
 * what the others were told too, is for the owners to find.
 */

const kept = z.strictObject({
  v: z.literal(1),
  owners: z.int(),
  created: z.number(),
  expires: z.number(),
  /** Who is counted with it, by a name that says nothing of an address; before 2026-12 there was a principal, whom nobody asked for. */
  client: z.optional(z.string()),
  principal: z.optional(z.string()),
  /** Digests of the tokens: of whoever made the study, and of each seat. */
  organiser: z.string(),
  seats: z.array(z.string()),
  /** The study's file, as its organiser has it. */
  study: z.string(),
})
export type KeptStudy = z.infer<typeof kept>

export interface NewStudy {
  readonly owners: number
  readonly study: string
  /** Who is counted with it. */
  readonly client: string
}

/** A study that who asks may ask for. */
export interface OpenStudy {
  readonly id: string
  readonly kept: KeptStudy
  /** From 0; null for the organiser's token. */
  readonly seat: number | null
}

interface Used {
  readonly client: string | null
  readonly expires: number
  bytes: number
  items: number
}

/** Messages that an owner leaves at most: three in each round, and a round for each time that an estimate is taken halfway back. */
const mostSlots = 1024
/** Milliseconds between two looks of a wait: other processes of the same folder wake nobody here. */
const lookEvery = 1000
const sweepEvery = 3_600_000
const retrySeconds = 60

export interface StudyParts {
  /** By default the usual ones. */
  readonly limits?: Partial<StudyLimits>
  /** What a client is called in the store: no address stands there. */
  readonly nameOf: (client: string) => string
  readonly log?: Log
  /** Whether a shutdown has begun. */
  readonly draining?: () => boolean
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}

export class Studies {
  readonly #store: StudyStore
  readonly limits: StudyLimits
  readonly #nameOf: (client: string) => string
  readonly #log: Log
  readonly #draining: () => boolean
  readonly #clock: () => number
  readonly #used = new Map<string, Used>()
  readonly #waiting = new Map<string, Set<() => void>>()
  #timer: ReturnType<typeof setInterval> | undefined

  private constructor(store: StudyStore, parts: StudyParts) {
    const { limits, nameOf, log = silentLog, draining = () => false, clock = Date.now } = parts
    this.#store = store
    this.limits = { ...defaultStudyLimits, ...limits }
    this.#nameOf = nameOf
    this.#log = log
    this.#draining = draining
    this.#clock = clock
  }

  /** Looks what is there, and takes away what is past its time, now and every hour until it is closed. */
  static async open(store: StudyStore, parts: StudyParts): Promise<Studies> {
    const studies = new Studies(store, parts)
    for (const id of await store.studies()) await studies.#count(id)
    await studies.sweep()
    const timer = setInterval(() => void studies.sweep().catch(() => {}), sweepEvery)
    // Nothing but Node would be kept alive by it.
    ;(timer as { unref?: () => void }).unref?.()
    studies.#timer = timer
    return studies
  }

  close(): void {
    clearInterval(this.#timer)
    for (const id of [...this.#waiting.keys()]) this.#wake(id)
  }

  /** Takes away the studies whose days are over. */
  async sweep(): Promise<void> {
    for (const [id, { expires }] of this.#used) if (expires <= this.#clock()) await this.#forget(id)
  }

  /** A study with a token for each of its owners, shown this once. Throws `request/budget`. */
  async create({ owners, study, client: asking }: NewStudy) {
    const { perClient, studies, days } = this.limits
    await this.sweep()
    const client = this.#nameOf(asking)
    const own = [...this.#used.values()].filter((used) => used.client === client).length
    if (own >= perClient || this.#used.size >= studies) this.#full('studiesTooMany', perClient)
    this.#mustFit(new TextEncoder().encode(study).length)
    const id = toHex(secureRandom(16))
    const [token, ...invitations] = Array.from({ length: owners + 1 }, () => toBase64url(secureRandom(32))) as [string]
    const created = this.#clock()
    const expires = created + days * 86_400_000
    const seats = (invitations as readonly string[]).map((each) => sha256Hex(each))
    const bytes = writeKept({ v: 1, owners, created, expires, client, organiser: sha256Hex(token), seats, study })
    this.#used.set(id, { client, expires, bytes: bytes.length, items: 1 })
    try {
      await this.#store.create(`${id}/study`, bytes)
    } catch (thrown) {
      this.#used.delete(id)
      throw thrown
    }
    return { id, token, invitations: invitations as readonly string[], expires }
  }

  /** Throws `study/unknown` for one that is not there (any more), and for another's token. */
  async open(id: string, token: string | undefined): Promise<OpenStudy> {
    const bytes = studyName.test(id) ? await this.#store.get(`${id}/study`) : null
    if (bytes === null || token === undefined) fail('study/unknown', 'studyUnknown')
    const about = this.#read(id, bytes) ?? fail('study/unknown', 'studyUnknown')
    if (about.expires <= this.#clock()) {
      await this.#forget(id)
      fail('study/unknown', 'studyUnknown')
    }
    // Digests of what only who asks knows: which of their letters are equal tells nothing.
    const digest = sha256Hex(token)
    if (digest === about.organiser) return { id, kept: about, seat: null }
    const seat = about.seats.indexOf(digest)
    return seat >= 0 ? { id, kept: about, seat } : fail('study/unknown', 'studyUnknown')
  }

  /**
   * Keeps what an owner says in a slot. True where it is new, false where it was there. Throws `study/spoken` where the owner has
   * said something else there, `request/too-large` where there is no room.
   */
  async post({ id, seat, kept: { owners } }: OpenStudy, slot: string, bytes: Uint8Array): Promise<boolean> {
    if (seat === null || !slotName.test(slot)) fail('study/unknown', 'studyUnknown')
    const name = `${id}/${slot}/${seat}`
    const before = await this.#store.get(name)
    if (before === null) {
      const used = this.#used.get(id) ?? (await this.#count(id))
      const { studyBytes } = this.limits
      if (used.bytes + bytes.length > studyBytes || used.items > mostSlots * owners) {
        fail('request/too-large', 'studyTooLarge', { most: studyBytes })
      }
      this.#mustFit(bytes.length)
      if (await this.#store.create(name, bytes)) {
        used.bytes += bytes.length
        used.items += 1
        this.#wake(id)
        return true
      }
    }
    const there = before ?? (await this.#store.get(name))
    if (there === null || !equalBytes(there, bytes)) fail('study/spoken', 'studySpoken')
    return false
  }

  /** The seats that have spoken in a slot, once all have, or once it is enough of waiting, in milliseconds. */
  async spoken(
    { id, kept: { owners } }: OpenStudy,
    slot: string,
    wait: number,
    signal: AbortSignal,
  ): Promise<number[]> {
    if (!slotName.test(slot)) fail('study/unknown', 'studyUnknown')
    const end = performance.now() + wait
    for (;;) {
      const seats = (await this.#said(id, slot)).get(slot) ?? []
      const left = end - performance.now()
      if (seats.length === owners || left <= 0 || signal.aborted || this.#draining()) return seats
      await this.#change(id, Math.min(left, lookEvery))
    }
  }

  /** Each slot that somebody has spoken in, with the seats that have. */
  async slots({ id }: OpenStudy): Promise<{ readonly slot: string; readonly seats: readonly number[] }[]> {
    return [...(await this.#said(id))].map(([slot, seats]) => ({ slot, seats }))
  }

  /** Throws `study/unknown` where nobody of that seat has spoken there. */
  async message({ id, kept: { owners } }: OpenStudy, slot: string, seat: number): Promise<Uint8Array> {
    const isNamed = slotName.test(slot) && Number.isInteger(seat) && seat >= 0 && seat < owners
    const bytes = isNamed ? await this.#store.get(`${id}/${slot}/${seat}`) : null
    return bytes ?? fail('study/unknown', 'studyUnknown')
  }

  /** Takes a study away, which ends it for everybody. Throws `study/unknown` for an owner's token. */
  async remove({ id, seat }: OpenStudy): Promise<void> {
    if (seat !== null) fail('study/unknown', 'studyUnknown')
    await this.#forget(id)
  }

  async #said(id: string, slot?: string): Promise<Map<string, number[]>> {
    const said = new Map<string, number[]>()
    for (const { name } of await this.#store.list(slot === undefined ? id : `${id}/${slot}`)) {
      const [, slot = '', seat] = name.split('/')
      if (seat !== undefined) said.set(slot, [...(said.get(slot) ?? []), Number(seat)])
    }
    for (const seats of said.values()) seats.sort((a, b) => a - b)
    return said
  }

  async #count(id: string): Promise<Used> {
    const items = await this.#store.list(id)
    const kept = await this.#store.get(`${id}/study`)
    const about = kept && this.#read(id, kept)
    // What cannot be read is nobody's, and not this server's to take away.
    const expires = kept === null ? 0 : (about?.expires ?? Number.POSITIVE_INFINITY)
    const bytes = items.reduce((sum, item) => sum + item.bytes, 0)
    const used = { client: about?.client ?? null, expires, bytes, items: items.length }
    this.#used.set(id, used)
    return used
  }

  /** Null, and the log says so, for what was altered in the store. */
  #read(id: string, bytes: Uint8Array): KeptStudy | null {
    const about = readKept(bytes)
    if (about === null) this.#log.error({ study: id.slice(0, 8) }, 'a study in the store is not as it was written')
    return about
  }

  #mustFit(bytes: number): void {
    const { bytes: most } = this.limits
    const all = [...this.#used.values()].reduce((sum, used) => sum + used.bytes, bytes)
    if (all > most) this.#full('studiesTooLarge', most)
  }

  #full(fault: 'studiesTooMany' | 'studiesTooLarge', most: number): never {
    throw new RetryLater(errorOf('request/budget', fault, { most }), retrySeconds)
  }

  async #forget(id: string): Promise<void> {
    await this.#store.delete(id)
    this.#used.delete(id)
    this.#wake(id)
  }

  #wake(id: string): void {
    for (const wake of this.#waiting.get(id) ?? []) wake()
  }

  /** Resolves once somebody speaks, and after so many milliseconds. */
  #change(id: string, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(id) ?? new Set()
      this.#waiting.set(id, waiting)
      const wake = (): void => {
        clearTimeout(timer)
        waiting.delete(wake)
        if (waiting.size === 0) this.#waiting.delete(id)
        resolve()
      }
      const timer = setTimeout(wake, milliseconds)
      waiting.add(wake)
    })
  }
}

function writeKept(about: KeptStudy): Uint8Array {
  return new TextEncoder().encode(writeDigested(about))
}

function readKept(bytes: Uint8Array): KeptStudy | null {
  const found = z.safeParse(kept, readDigested(new TextDecoder().decode(bytes)))
  return found.success ? found.data : null
}
