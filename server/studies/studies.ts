import { asBlindscoreError } from '../../core/errors.ts'
import { toBase64url } from '../../core/number/base64.ts'
import { toHex } from '../../core/number/bytes.ts'
import { secureRandom } from '../../platform/random.ts'
import { sha256Hex } from '../digest.ts'
import { errorOf, fail } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import type { Log } from '../log.ts'
import { idPattern } from '../sealed/ports.ts'
import { sumOf, type Usage } from '../sealed/usage.ts'
import { newObject, type Opened } from '../sealed/vault.ts'
import { withinShare } from '../state/share.ts'
import type { StudyLimits } from './limits.ts'
import { fileObject, type KeptMessage, messageObject, type StudyManifest, type StudyVault } from './manifest.ts'
import { Waits } from './waits.ts'

/**
 * Studies whose owners leave messages for each other here. Each owner has a seat and a token for it, and says one thing in each slot:
 * what was said stays, and the same bytes may come again. Nothing of a message is understood here; that it is its owner's, and is
 * what the others were told too, is for the owners to find.
 */

export interface NewStudy {
  readonly owners: number
  readonly study: string
  /** Who is counted with it, and whose it is. */
  readonly client: string
  readonly principal: string
}

/** A study that who asks may ask for. */
export interface OpenStudy extends Opened<StudyManifest> {
  /** From 0; null for the organiser's token. */
  readonly seat: number | null
}

/** What is about to be entered in a study's list. */
interface Entering {
  readonly place: string
  readonly message: KeptMessage
}

/** A message that was said: how large it is, and what reads it. */
export interface SaidMessage {
  readonly bytes: number
  read(): Promise<Uint8Array<ArrayBuffer>>
}

/** The name of a slot. What a client sends is held against it before it names anything. */
const slotName = /^[a-z0-9-]{1,64}$/
/** Bytes that each thing takes beside its own: in the list, and where it lies. */
const besides = 256
/** Messages that an owner leaves at most: three in each round, and a round for each time that an estimate is taken halfway back. */
const mostSlots = 1024
/** Waits of a study at once, for each owner; more are answered at once. */
const mostWaits = 4
/** Milliseconds between two looks of a wait: other processes of the same stores wake nobody here. */
const lookEvery = 1000
const retrySeconds = 60

export interface StudyParts {
  readonly vault: StudyVault
  readonly usage: Usage
  readonly limits: StudyLimits
  readonly log: Log
  /** Whether a shutdown has begun. */
  readonly draining: () => boolean
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export class Studies {
  readonly #parts: StudyParts
  readonly #waits = new Waits()
  /** By study. Those that come while a list is written are entered together by the next. */
  readonly #entering = new Map<string, Set<Entering>>()

  constructor(parts: StudyParts) {
    this.#parts = parts
  }

  get limits(): StudyLimits {
    return this.#parts.limits
  }

  close(): void {
    this.#waits.end()
  }

  /** A study with a token for each of its owners, shown this once. Throws `request/budget`. */
  async create({ owners, study, client, principal }: NewStudy) {
    const { vault, usage, now } = this.#parts
    const file = new TextEncoder().encode(study)
    const bytes = file.length + besides
    this.#mayCreate(client, bytes)
    const id = toHex(secureRandom(16))
    const [token, ...invitations] = Array.from({ length: owners + 1 }, () => toBase64url(secureRandom(32))) as [string]
    const created = now()
    const expires = created + this.limits.days * 86_400_000
    const seats = (invitations as readonly string[]).map((each) => sha256Hex(each))
    const about = { organiser: sha256Hex(token), seats, study: sha256Hex(file), said: {} }
    const entry = { principal, client, who: principal, bytes, expires }
    // Counted before it is there: of several at once none is one too many.
    usage.note(id, entry)
    try {
      const manifest = { v: 1 as const, owners, created, ...about }
      await vault.create({ id, entry, manifest, objects: [{ ...fileObject(manifest), bytes: file }] })
    } catch (thrown) {
      usage.note(id, null)
      throw thrown
    }
    return { id, token, invitations: invitations as readonly string[], expires }
  }

  /** Throws `study/unknown` for one that is not there (any more), and for another's token; `study/damaged`. */
  async open(id: string, token: string | undefined): Promise<OpenStudy> {
    const open = idPattern.test(id) && token !== undefined ? await this.#read(id) : null
    if (open === null || token === undefined) return unknown()
    if (open.entry.expires <= this.#parts.now()) {
      await this.#forget(id)
      return unknown()
    }
    // Digests of what only who asks knows: which of their letters are equal tells nothing.
    const digest = sha256Hex(token)
    if (digest === open.manifest.organiser) return { ...open, seat: null }
    const seat = open.manifest.seats.indexOf(digest)
    return seat >= 0 ? { ...open, seat } : unknown()
  }

  /** The study's file, as its organiser has it. */
  async file(open: OpenStudy): Promise<string> {
    const { vault } = this.#parts
    const bytes = await this.#told(open, async () => vault.intact(await vault.get(open, fileObject(open.manifest))))
    return new TextDecoder().decode(bytes)
  }

  /**
   * Keeps what an owner says in a slot. True where it is new, false where it was there. Throws `study/spoken` where the owner has
   * said something else there, `request/too-large` where there is no room.
   */
  async post(open: OpenStudy, slot: string, bytes: Uint8Array): Promise<boolean> {
    const { id, seat } = open
    const { vault } = this.#parts
    if (seat === null || !slotName.test(slot)) return unknown()
    const place = `${slot}/${seat}`
    const message = { digest: sha256Hex(bytes), object: newObject(), bytes: bytes.length }
    const before = open.manifest.said[place]
    if (before !== undefined) return isSame(before, message)
    this.#mayStore(open, bytes.length + besides)
    await vault.put(open, messageObject(place, message), bytes)
    const after = await this.#entered(id, { place, message })
    const kept = after?.manifest.said[place]
    if (kept?.object === message.object) {
      this.#waits.wake(id)
      return true
    }
    await vault.delete(id, messageObject(place, message).name).catch(() => {})
    return kept === undefined ? unknown() : isSame(kept, message)
  }

  /** The seats that have spoken in a slot, once all have, or once it is enough of waiting, in milliseconds. */
  async spoken(open: OpenStudy, slot: string, wait: number, signal: AbortSignal): Promise<readonly number[]> {
    if (!slotName.test(slot)) return unknown()
    const end = performance.now() + wait
    const owners = open.manifest.owners
    let seats = seatsIn(open.manifest, slot)
    for (;;) {
      const left = end - performance.now()
      const isOver = left <= 0 || signal.aborted || this.#parts.draining()
      if (seats.length === owners || isOver || this.#waits.count(open.id) >= mostWaits * owners) return seats
      // Before it is looked again: what comes between the two is heard.
      const change = this.#waits.next(open.id, Math.min(left, lookEvery))
      try {
        seats = seatsIn(((await this.#read(open.id)) ?? unknown()).manifest, slot)
        if (seats.length < owners) await change.heard
      } finally {
        change.end()
      }
    }
  }

  /** Each slot that somebody has spoken in, with the seats that have. */
  slots({ manifest }: OpenStudy): readonly { readonly slot: string; readonly seats: readonly number[] }[] {
    return [...saidIn(manifest)].map(([slot, seats]) => ({ slot, seats }))
  }

  /** Throws `study/unknown` where nobody of that seat has spoken there; reading it throws `study/damaged` where it is not what was said. */
  message(open: OpenStudy, slot: string, seat: number): SaidMessage {
    const { vault } = this.#parts
    const place = `${slot}/${seat}`
    const said = slotName.test(slot) ? open.manifest.said[place] : undefined
    if (said === undefined) return unknown()
    const read = async () => vault.intact(await vault.get(open, messageObject(place, said)))
    return { bytes: said.bytes, read: () => this.#told(open, read) }
  }

  /**
   * Takes a study away, which ends it for everybody. Throws `study/unknown` for an owner's token, and where another asks than who
   * made it: the token alone is not enough where those who ask have names.
   */
  async remove({ id, seat, entry }: OpenStudy, principal: string): Promise<void> {
    if (seat !== null || entry.principal !== principal) unknown()
    await this.#forget(id)
  }

  #mayCreate(client: string, bytes: number): void {
    const { usage, limits } = this.#parts
    const own = usage.ofClient(client)
    const hasRoom = own.length < limits.perClient && withinShare(own.length, 1, usage.count, limits.studies)
    if (!hasRoom) full('studiesTooMany', limits.perClient)
    if (!withinShare(sumOf(own), bytes, usage.bytes, limits.bytes)) full('studiesTooLarge', limits.bytes)
  }

  /** Counts more bytes of a study. Throws `request/too-large` for more than one may have, `request/budget` for more than all may. */
  #mayStore({ id, entry, manifest }: OpenStudy, bytes: number): void {
    const { usage, limits } = this.#parts
    const use = usage.of(id) ?? entry
    const isOver = Object.keys(manifest.said).length >= mostSlots * manifest.owners
    if (isOver || use.bytes + bytes > limits.studyBytes) {
      fail('request/too-large', 'studyTooLarge', { most: limits.studyBytes })
    }
    const own = sumOf(usage.ofClient(use.client))
    if (!withinShare(own, bytes, usage.bytes, limits.bytes)) full('studiesTooLarge', limits.bytes)
    usage.note(id, { ...use, bytes: use.bytes + bytes })
  }

  /** Enters a message in the study's list, unless there is one in its place. Returns the study as it is then. */
  async #entered(id: string, own: Entering): Promise<Opened<StudyManifest> | null> {
    const { vault, usage } = this.#parts
    const entering = this.#entering.get(id) ?? new Set()
    this.#entering.set(id, entering)
    entering.add(own)
    try {
      const after = await vault.change(id, ({ manifest, entry }) => {
        const fresh = firstOfEach([...entering].filter(({ place }) => manifest.said[place] === undefined))
        if (fresh.length === 0) return null
        const said = { ...manifest.said, ...Object.fromEntries(fresh.map(({ place, message }) => [place, message])) }
        return {
          manifest: { ...manifest, said },
          bytes: fresh.reduce((sum, { message }) => sum + message.bytes + besides, entry.bytes),
        }
      })
      usage.note(id, after?.entry ?? null)
      return after
    } finally {
      entering.delete(own)
      if (entering.size === 0 && this.#entering.get(id) === entering) this.#entering.delete(id)
    }
  }

  /** Null where there is none (any more). */
  #read(id: string): Promise<Opened<StudyManifest> | null> {
    return this.#told({ id }, () => this.#parts.vault.open(id))
  }

  /** What is not as it was written is named in the log. */
  async #told<T>({ id }: { readonly id: string }, work: () => Promise<T>): Promise<T> {
    return work().catch((thrown: unknown) => {
      const { code } = asBlindscoreError(thrown)
      if (code === 'study/damaged') {
        this.#parts.log.error({ study: id.slice(0, 8), code }, 'a study in the store is not as it was written')
      }
      throw thrown
    })
  }

  async #forget(id: string): Promise<void> {
    const { vault, usage } = this.#parts
    await vault.remove(id)
    usage.note(id, null)
    this.#waits.wake(id)
  }
}

const seatsIn = (manifest: StudyManifest, slot: string): readonly number[] => saidIn(manifest).get(slot) ?? []

/** By slot, the seats that have spoken there, in their order. */
function saidIn({ said }: StudyManifest): Map<string, number[]> {
  const seats = new Map<string, number[]>()
  for (const place of Object.keys(said)) {
    const [slot = '', seat] = place.split('/')
    seats.set(slot, [...(seats.get(slot) ?? []), Number(seat)])
  }
  for (const each of seats.values()) each.sort((a, b) => a - b)
  return seats
}

function firstOfEach(entering: readonly Entering[]): Entering[] {
  const first = new Map<string, Entering>()
  for (const each of entering) if (!first.has(each.place)) first.set(each.place, each)
  return [...first.values()]
}

/** False: nothing new was said. Throws `study/spoken`. */
function isSame(kept: KeptMessage, { digest }: KeptMessage): false {
  return kept.digest === digest ? false : fail('study/spoken', 'studySpoken')
}

function unknown(): never {
  return fail('study/unknown', 'studyUnknown')
}

function full(fault: 'studiesTooMany' | 'studiesTooLarge', most: number): never {
  throw new RetryLater(errorOf('request/budget', fault, { most }), retrySeconds)
}
