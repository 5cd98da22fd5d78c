import { fromHex, toHex } from '../../core/number/bytes.ts'
import { secureRandom } from '../../platform/random.ts'
import { busy } from '../http/problem.ts'
import { LruMap } from '../state/lru.ts'
import { type Entry, entryShape } from './entry.ts'
import { readJson, writeJson } from './json.ts'
import { Lines } from './lines.ts'
import type { KeyStore, ObjectStore } from './ports.ts'
import { keyBytes, type SealingKey, seal, sealingKey, unseal } from './seal.ts'

/** What is known of something as a whole, sealed. Its number counts the manifests of the same thing, from 1. */
interface Manifest {
  readonly number: number
}

/** What is kept here: runs, or studies. */
export interface Kind<M extends Manifest> {
  /** Begins what is authenticated with all of it, and has its version. */
  readonly label: string
  /** Begins the names of its entries and objects: a key store has those of all kinds. */
  readonly prefix: string
  /** Null for what is none. */
  readonly readManifest: (bytes: Uint8Array | null) => M | null
  /** Throws what is said of something that is not what was written last. */
  readonly damaged: () => never
}

/** One as it was read: what may be done with it is held against that. */
export interface Opened<M extends Manifest> {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly entry: Entry
  readonly revision: number
  readonly keys: readonly SealingKey[]
  readonly manifest: M
}

/** What an object is sealed by, and where. */
type Placed<M extends Manifest> = Pick<Opened<M>, 'id' | 'entry' | 'keys'>

/** An object of something, by its name there, with what it depends on and is authenticated with. */
export interface Bound {
  readonly name: string
  readonly bound: readonly string[]
}

/** What is made of what was not there before. */
export interface Made<M extends Manifest> {
  readonly id: string
  readonly entry: Omit<Entry, 'v' | 'keys' | 'manifest'>
  readonly manifest: Omit<M, 'number'>
  readonly objects: readonly (Bound & { readonly bytes: Uint8Array })[]
}

/** What becomes of a manifest, whose number follows from the one before, and of the bytes that are counted. */
export interface Change<M extends Manifest> {
  readonly manifest: Omit<M, 'number'>
  readonly bytes?: number
}

/** A manifest as it was read, and the bytes that it was read of. */
interface Read<M extends Manifest> {
  readonly name: string
  readonly sealed: Uint8Array
  readonly manifest: M
}

/** Those whose manifests are known as they were read, and how many sealed bytes of them. */
const mostRead = 256
const mostReadBytes = 32 * 2 ** 20

/** Those of which it is known how far they had come. */
const mostSeen = 65_536

/** How often a change is tried that others came before. */
const tries = 16

/**
 * Runs or studies in their stores: everything that lies there is sealed here, and opened in its own place alone. All of it is read each
 * time, so that what another process took away is gone at once.
 */
export class Vault<M extends Manifest> {
  readonly kind: Kind<M>
  readonly #objects: ObjectStore
  readonly #keys: KeyStore
  readonly #master: readonly SealingKey[]
  /** The changes under way, by id: those of one process wait for each other. */
  readonly #changing = new Lines()
  /** By id. To read a list of thousands of chunks holds up everybody: it is done once for the same bytes in the same place. */
  readonly #read = new LruMap<string, Read<M>>(mostRead, undefined, {
    most: mostReadBytes,
    of: ({ sealed }) => sealed.length,
  })
  /** By id, the number of the newest manifest that this process saw; one that it took away has none any more. */
  readonly #seen = new LruMap<string, number>(mostSeen)

  /** `master`: the keys that entries are sealed by; the first seals, the others open. */
  constructor(
    kind: Kind<M>,
    { objects, keys }: { objects: ObjectStore; keys: KeyStore },
    master: readonly SealingKey[],
  ) {
    this.kind = kind
    this.#objects = objects
    this.#keys = keys
    this.#master = master
  }

  async create({ id, entry: made, manifest: asked, objects }: Made<M>): Promise<Opened<M>> {
    const manifest = numbered<M>(asked, 1)
    const entry: Entry = {
      ...{ v: 1, ...made },
      keys: [toHex(secureRandom(keyBytes))],
      manifest: { number: 1, object: newObject() },
    }
    const open = { id, entry, revision: 1, keys: keysOf(entry), manifest }
    // The entry first: it says when the rest goes, also where a kill comes between.
    if (!(await this.#putEntry(id, entry, null))) busy()
    for (const { bytes, ...object } of objects) await this.put(open, object, bytes)
    await this.#putManifest(open)
    return open
  }

  /**
   * Null where there is none, or it never came to be: a kill came between its entry and its first manifest. Throws the kind's `damaged`
   * where its entry or its manifest is not what was written last, as far as they say so or this process saw it.
   */
  async open(id: string): Promise<Opened<M> | null> {
    for (let left = tries; left > 0; left--) {
      const half = await this.openEntry(id)
      if (half === null) return null
      const manifest = await this.#manifestOf(half)
      // What was put back to what it had been, entry and manifest, is as it was written then.
      if (manifest?.number === half.entry.manifest.number && this.#isNewest(id, manifest.number))
        return { ...half, manifest }
      // Its manifest may have been replaced since its entry was read.
      if ((await this.#keys.get(this.#named(id)))?.revision !== half.revision) continue
      const isBegun = half.entry.manifest.number > 1 || (await this.sealed(id, manifestObject(half).name)) !== null
      return isBegun ? this.kind.damaged() : null
    }
    return busy()
  }

  /** What the key store has of it. Throws the kind's `damaged`, also where none of the keys is the one that it was sealed by. */
  async openEntry(id: string): Promise<Omit<Opened<M>, 'manifest'> | null> {
    const kept = await this.#keys.get(this.#named(id))
    if (kept === null) return null
    if (!Number.isSafeInteger(kept.revision)) return this.kind.damaged()
    const entry = this.intact(readJson(entryShape, await unseal(this.#master, this.#aboutEntry(id), kept.bytes)))
    return { id, entry, revision: kept.revision, keys: keysOf(entry) }
  }

  /** Those that have an entry. */
  async ids(): Promise<readonly string[]> {
    const { prefix } = this.kind
    const names = await this.#keys.list()
    return names.flatMap((name) => {
      const id = name.slice(-idLength)
      return name === `${prefix}${id}` ? [id] : []
    })
  }

  /** Whether it has an entry still. */
  isThere(id: string): Promise<boolean> {
    return this.#keys.has(this.#named(id))
  }

  /**
   * Replaces a manifest by what `change` makes of the newest, or leaves it where that is null. Returns all as it is then, or null
   * where it is gone.
   */
  change(id: string, change: (open: Opened<M>) => Change<M> | null): Promise<Opened<M> | null> {
    return this.#changing.run(id, () => this.#change(id, change))
  }

  /** Has an entry as it is given; false where it is gone, or another came before. */
  putEntry({ id, revision }: Pick<Opened<M>, 'id' | 'revision'>, entry: Entry): Promise<boolean> {
    return this.#putEntry(id, entry, revision)
  }

  async put(open: Placed<M>, object: Bound, bytes: Uint8Array): Promise<void> {
    await this.#objects.put(this.#at(open.id, object.name), await this.#sealedIn(open, object, bytes))
  }

  /** The same where there is nothing of that name yet; else false, and nothing is changed. */
  async putNew(open: Placed<M>, object: Bound, bytes: Uint8Array): Promise<boolean> {
    return this.#objects.putNew(this.#at(open.id, object.name), await this.#sealedIn(open, object, bytes))
  }

  /** Has a mark of no bytes of that name, in one step, also among processes; false where there is one. */
  putMark(id: string, name: string): Promise<boolean> {
    return this.#objects.putNew(this.#at(id, name), new Uint8Array(0))
  }

  /** Null where there is none. Throws the kind's `damaged` for one that was not put there with the same `bound`. */
  async get(open: Placed<M>, object: Bound): Promise<Uint8Array<ArrayBuffer> | null> {
    const sealed = await this.sealed(open.id, object.name)
    return sealed && this.intact(await unseal(open.keys, this.#aboutOf(open, object), sealed))
  }

  /** What lies there, as it is. */
  sealed(id: string, name: string): Promise<Uint8Array | null> {
    return this.#objects.get(this.#at(id, name))
  }

  /** Nothing happens where there is no such object. */
  delete(id: string, name: string): Promise<void> {
    return this.#objects.delete(this.#at(id, name))
  }

  /** The names of the objects in a folder of it, without what is before the last slash. */
  async list(id: string, folder: string): Promise<readonly string[]> {
    const names = await this.#objects.list(this.#at(id, `${folder}/`))
    return names.map((name) => name.slice(name.lastIndexOf('/') + 1))
  }

  /** Takes it away: its data key first, so that its objects open no more. Those that are left by a kill are found by their mark. */
  async remove(id: string): Promise<void> {
    this.#read.delete(id)
    await this.#objects.put(this.#at(id, removedMark), new Uint8Array(0)).catch(() => {})
    await this.#keys.delete(this.#named(id))
    // Not before: until its key is gone it is whole, and who opens it must not find it altered.
    this.#seen.set(id, Number.POSITIVE_INFINITY)
    await this.#sweep(id)
  }

  /** What was put of something that was taken away meanwhile goes, too. */
  async unlessGone(id: string, name: string): Promise<void> {
    if (!(await this.isThere(id))) await this.delete(id, name)
  }

  /**
   * Deletes what a kill left of what was taken away. Objects without a key that nobody took away stay, and are returned: the folder of keys
   * may be another one by mistake.
   */
  async sweepRemoved(): Promise<readonly string[]> {
    const names = new Set((await this.#objects.list('')).map((name) => name.slice(0, name.indexOf('/'))))
    const left: string[] = []
    for (const name of names) {
      const id = name.slice(-idLength)
      if (name !== this.#named(id) || (await this.isThere(id))) continue
      // The mark is there before the key goes, and goes last.
      if ((await this.sealed(id, removedMark)) !== null) {
        await this.#keys.delete(name)
        await this.#sweep(id)
      } else if ((await this.#objects.list(this.#at(id, ''))).length > 0) left.push(id)
    }
    return left
  }

  /** What was opened, or the kind's `damaged`. */
  intact<T>(opened: T | null): T {
    return opened ?? this.kind.damaged()
  }

  /** Lets go of the stores. */
  async close(): Promise<void> {
    await this.#objects.close?.()
    await this.#keys.close?.()
  }

  /** Deletes the objects of what has no entry any more. */
  async #sweep(id: string): Promise<void> {
    const mark = this.#at(id, removedMark)
    for (const name of await this.#objects.list(this.#at(id, ''))) if (name !== mark) await this.#objects.delete(name)
    await this.#objects.delete(mark)
  }

  async #change(id: string, change: (open: Opened<M>) => Change<M> | null): Promise<Opened<M> | null> {
    for (let left = tries; left > 0; left--) {
      const open = await this.open(id)
      const changed = open && change(open)
      if (open === null || changed === null) return open
      const number = open.manifest.number + 1
      const bytes = changed.bytes ?? open.entry.bytes
      const entry = { ...open.entry, manifest: { number, object: newObject() }, bytes }
      const manifest = numbered<M>(changed.manifest, number)
      const next = { ...open, entry, revision: open.revision + 1, manifest }
      await this.#putManifest(next)
      const taken = await this.#putEntry(id, entry, open.revision)
      // What is left of it goes with all the rest: no reason to say that nothing was changed.
      await this.delete(id, manifestObject(taken ? open : next).name).catch(() => {})
      if (taken) this.#isNewest(id, number)
      if (taken) return next
    }
    return busy()
  }

  /** Whether this process saw none of a higher number. */
  #isNewest(id: string, number: number): boolean {
    const seen = this.#seen.get(id) ?? 0
    this.#seen.set(id, Math.max(seen, number))
    return number >= seen
  }

  async #putManifest(open: Opened<M>): Promise<void> {
    const { id, manifest } = open
    const object = manifestObject(open)
    const sealed = await this.#sealedIn(open, object, writeJson(manifest))
    await this.#objects.put(this.#at(id, object.name), sealed)
    this.#read.set(id, { name: object.name, sealed, manifest })
  }

  async #putEntry(id: string, entry: Entry, was: number | null): Promise<boolean> {
    const [key] = this.#master
    if (key === undefined) return this.kind.damaged()
    return this.#keys.put(this.#named(id), await seal(key, this.#aboutEntry(id), writeJson(entry)), was)
  }

  async #manifestOf(open: Omit<Opened<M>, 'manifest'>): Promise<M | null> {
    const { id, keys } = open
    const object = manifestObject(open)
    const sealed = await this.sealed(id, object.name)
    const known = this.#read.get(id)
    if (sealed && known?.name === object.name && Buffer.compare(known.sealed, sealed) === 0) return known.manifest
    const manifest = this.kind.readManifest(await unseal(keys, this.#aboutOf(open, object), sealed))
    if (sealed && manifest) this.#read.set(id, { name: object.name, sealed, manifest })
    return manifest
  }

  #sealedIn(open: Placed<M>, object: Bound, bytes: Uint8Array): Promise<Uint8Array> {
    return seal(open.keys[0] ?? this.kind.damaged(), this.#aboutOf(open, object), bytes)
  }

  #aboutEntry(id: string): unknown[] {
    return [this.kind.label, 'entry', id]
  }

  /** What is authenticated with an object: its kind, whose and of what it is, its place there, and what it depends on. */
  #aboutOf({ id, entry }: Pick<Opened<M>, 'id' | 'entry'>, { name, bound }: Bound): unknown[] {
    const [kind, ...place] = name.split('/')
    return [this.kind.label, kind, entry.principal, id, ...place, ...bound]
  }

  #named(id: string): string {
    return `${this.kind.prefix}${id}`
  }

  #at(id: string, name: string): string {
    return `${this.#named(id)}/${name}`
  }
}

const idLength = 32

/** The name of what says that all of it was taken away. */
const removedMark = 'removed'

/** What ends the name of an object: each that is put has one of its own, so that none is in another's place. */
export const newObject = (): string => toHex(secureRandom(8))

export function manifestObject({ entry: { manifest } }: { readonly entry: Entry }): Bound {
  return { name: `manifest/${manifest.number}-${manifest.object}`, bound: [] }
}

const numbered = <M extends Manifest>(manifest: Omit<M, 'number'>, number: number): M => ({ ...manifest, number }) as M

function keysOf({ keys }: Entry): SealingKey[] {
  return keys.map((key) => sealingKey(fromHex(key)))
}
