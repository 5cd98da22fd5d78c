import { fromHex, toHex } from '../../core/number/bytes.ts'
import { secureRandom } from '../../platform/random.ts'
import { busy } from '../http/problem.ts'
import { LruMap } from '../state/lru.ts'
import { Lines } from './lines.ts'
import { type Manifest, type RunEntry, readEntry, readManifest, type StoredChunk, writeJson } from './manifest.ts'
import type { ObjectStore, RunKeyStore } from './ports.ts'
import { damaged, intact, keyBytes, type SealingKey, seal, sealingKey, unseal } from './seal.ts'

/** A run as it was read: what may be done with it is held against that. */
export interface OpenRun {
  readonly run: string
  readonly entry: RunEntry
  readonly revision: number
  readonly keys: readonly SealingKey[]
  readonly manifest: Manifest
}

/** What an object of a run is sealed by, and where. */
type Placed = Pick<OpenRun, 'run' | 'entry' | 'keys'>

/** What a run is made of that was not there before. */
export interface NewRun {
  readonly run: string
  readonly entry: Omit<RunEntry, 'v' | 'keys' | 'manifest' | 'bytes'>
  readonly manifest: Omit<Manifest, 'v' | 'number'>
  readonly publicKey: Uint8Array
}

/** What becomes of a run's manifest, and of the bytes that are stored of it. */
export interface Change {
  readonly manifest: Omit<Manifest, 'number'>
  readonly bytes?: number
}

/** A manifest as it was read, and the bytes that it was read of. */
interface ReadManifest {
  readonly name: string
  readonly sealed: Uint8Array
  readonly manifest: Manifest
}

/** Runs whose manifests are known as they were read, and how many sealed bytes of them. */
const mostRead = 256
const mostReadBytes = 32 * 2 ** 20

/** How often a change is tried that others came before. */
const tries = 16

/**
 * Runs in their stores: everything that lies there is sealed here, and opened in its own place alone. All of it is read each time, so
 * that a run that another process took away is gone at once.
 */
export class RunVault {
  readonly objects: ObjectStore
  readonly keys: RunKeyStore
  readonly #master: readonly SealingKey[]
  /** The changes under way, by run: those of one process wait for each other. */
  readonly #changing = new Lines()
  /** By run. To read a list of thousands of chunks holds up everybody: it is done once for the same bytes in the same place. */
  readonly #read = new LruMap<string, ReadManifest>(mostRead, undefined, {
    most: mostReadBytes,
    of: ({ sealed }) => sealed.length,
  })

  /** `master`: the keys that entries are sealed by; the first seals, the others open. */
  constructor(objects: ObjectStore, keys: RunKeyStore, master: readonly SealingKey[]) {
    this.objects = objects
    this.keys = keys
    this.#master = master
  }

  async create({ run, entry: made, manifest: asked, publicKey }: NewRun): Promise<OpenRun> {
    const manifest: Manifest = { v: 1, number: 1, ...asked }
    const entry: RunEntry = {
      v: 1,
      ...made,
      keys: [toHex(secureRandom(keyBytes))],
      manifest: { number: 1, object: newObject() },
      bytes: 0,
    }
    const open = { run, entry, revision: 1, keys: await keysOf(entry), manifest }
    // The entry first: it says when the rest goes, also where a kill comes between.
    if (!(await this.#putEntry(run, entry, null))) busy()
    await this.put(open, 'key', publicKey, [manifest.key])
    await this.#putManifest(open)
    return open
  }

  /** Null where there is no such run. Throws `run/damaged` where its entry or its manifest is not what was written last. */
  async open(run: string): Promise<OpenRun | null> {
    for (let left = tries; left > 0; left--) {
      const half = await this.openEntry(run)
      if (half === null) return null
      const manifest = await this.#manifestOf(half)
      if (manifest?.number === half.entry.manifest.number) return { ...half, manifest }
      // Its manifest may have been replaced since its entry was read.
      if ((await this.keys.get(run))?.revision === half.revision) return damaged()
    }
    return busy()
  }

  /** What the key store has of a run. Throws `run/damaged`, also where none of the keys is the one that it was sealed by. */
  async openEntry(run: string): Promise<Omit<OpenRun, 'manifest'> | null> {
    const kept = await this.keys.get(run)
    if (kept === null) return null
    const entry = intact(readEntry(await unseal(this.#master, ['entry', run], kept.bytes)))
    return { run, entry, revision: kept.revision, keys: await keysOf(entry) }
  }

  /**
   * Replaces a run's manifest by what `change` makes of the newest, or leaves it where that is null. Returns the run as it is then, or
   * null where it is gone.
   */
  change(run: string, change: (open: OpenRun) => Change | null): Promise<OpenRun | null> {
    return this.#changing.run(run, () => this.#change(run, change))
  }

  /** Has a run's entry as `change` makes it; false where it is gone, or another came before. */
  putEntry({ run, revision }: Pick<OpenRun, 'run' | 'revision'>, entry: RunEntry): Promise<boolean> {
    return this.#putEntry(run, entry, revision)
  }

  async put(open: Placed, name: string, bytes: Uint8Array, bound: readonly string[]): Promise<void> {
    await this.objects.put(`${open.run}/${name}`, await sealedIn(open, name, bytes, bound))
  }

  /** The same where there is nothing of that name yet; else false, and nothing is changed. */
  async putNew(open: Placed, name: string, bytes: Uint8Array, bound: readonly string[]): Promise<boolean> {
    return this.objects.putNew(`${open.run}/${name}`, await sealedIn(open, name, bytes, bound))
  }

  /** Null where there is none. Throws `run/damaged` for one that was not put there with the same `bound`. */
  async get(open: OpenRun, name: string, bound: readonly string[]): Promise<Uint8Array<ArrayBuffer> | null> {
    const sealed = await this.objects.get(`${open.run}/${name}`)
    return sealed && intact(await unseal(open.keys, aboutOf(open, name, bound), sealed))
  }

  /** The numbers of the chunks that there is an object of. */
  async numbers({ run }: OpenRun, kind: 'out' | 'failed'): Promise<readonly number[]> {
    const names = await this.objects.list(`${run}/${kind}/`)
    return names.map((name) => Number(name.slice(name.lastIndexOf('/') + 1))).sort((a, b) => a - b)
  }

  /** Takes a run away: its data key first, so that its objects open no more. Those that are left by a kill are found by their mark. */
  async remove(run: string): Promise<void> {
    this.#read.delete(run)
    await this.objects.put(`${run}/${removedMark}`, new Uint8Array(0)).catch(() => {})
    await this.keys.delete(run)
    await this.sweep(run)
  }

  /** What was written of a run that somebody took away meanwhile goes, too. */
  async unlessGone(run: string, name: string): Promise<void> {
    if ((await this.keys.get(run)) === null) await this.objects.delete(`${run}/${name}`)
  }

  /** Deletes the objects of a run that has no entry any more. */
  async sweep(run: string): Promise<void> {
    const mark = `${run}/${removedMark}`
    for (const name of await this.objects.list(`${run}/`)) if (name !== mark) await this.objects.delete(name)
    await this.objects.delete(mark)
  }

  async #change(run: string, change: (open: OpenRun) => Change | null): Promise<OpenRun | null> {
    for (let left = tries; left > 0; left--) {
      const open = await this.open(run)
      const changed = open && change(open)
      if (open === null || changed === null) return open
      const number = open.manifest.number + 1
      const entry = {
        ...open.entry,
        manifest: { number, object: newObject() },
        bytes: changed.bytes ?? open.entry.bytes,
      }
      const next = { ...open, entry, revision: open.revision + 1, manifest: { ...changed.manifest, number } }
      await this.#putManifest(next)
      const taken = await this.#putEntry(run, entry, open.revision)
      await this.objects.delete(`${run}/${manifestName(taken ? open : next)}`)
      if (taken) return next
    }
    return busy()
  }

  async #putManifest(open: OpenRun): Promise<void> {
    const { run, manifest } = open
    const name = manifestName(open)
    const sealed = await sealedIn(open, name, writeJson(manifest), [])
    await this.objects.put(`${run}/${name}`, sealed)
    this.#read.set(run, { name, sealed, manifest })
  }

  async #putEntry(run: string, entry: RunEntry, was: number | null): Promise<boolean> {
    const [key] = this.#master
    if (key === undefined) return damaged()
    return this.keys.put(run, await seal(key, ['entry', run], writeJson(entry)), was)
  }

  async #manifestOf(open: Omit<OpenRun, 'manifest'>): Promise<Manifest | null> {
    const name = manifestName(open)
    const sealed = await this.objects.get(`${open.run}/${name}`)
    const known = this.#read.get(open.run)
    if (sealed && known?.name === name && Buffer.compare(known.sealed, sealed) === 0) return known.manifest
    const manifest = readManifest(await unseal(open.keys, aboutOf(open, name, []), sealed))
    if (sealed && manifest) this.#read.set(open.run, { name, sealed, manifest })
    return manifest
  }
}

/** The name, in a run, of what says that it was taken away. */
export const removedMark = 'removed'

function sealedIn(open: Placed, name: string, bytes: Uint8Array, bound: readonly string[]): Promise<Uint8Array> {
  return seal(open.keys[0] ?? damaged(), aboutOf(open, name, bound), bytes)
}

/** What is authenticated with an object: its kind, whose and of which run it is, its place there, and what it depends on. */
function aboutOf({ run, entry }: Pick<OpenRun, 'run' | 'entry'>, name: string, bound: readonly string[]): unknown[] {
  const [kind, ...place] = name.split('/')
  return [kind, entry.principal, run, ...place, ...bound]
}

/** The name of a chunk's object in its run. */
export const nameOfIn = (chunk: number, { object }: StoredChunk): string => `in/${chunk}-${object}`

export const newObject = (): string => toHex(secureRandom(8))

export function manifestName({ entry: { manifest } }: Pick<OpenRun, 'entry'>): string {
  return `manifest/${manifest.number}-${manifest.object}`
}

function keysOf({ keys }: RunEntry): Promise<SealingKey[]> {
  return Promise.all(keys.map((key) => sealingKey(fromHex(key))))
}
