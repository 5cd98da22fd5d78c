/**
 * Where what is stored sealed lies: objects in one store, the keys that open them in another. Every implementation passes
 * `server/test/support/runStores.ts`.
 */

/**
 * Objects by name, each sealed before it comes here, below the name of what it is of: `NAME/in/I`, `NAME/manifest/NUMBER-NONCE`. Methods
 * reject with `server/store-gone` where the store cannot be used.
 */
export interface ObjectStore {
  /** Has an object of that name, in one step, and so that it outlives the machine's power: all of the bytes or what was there before. */
  put(name: string, bytes: Uint8Array): Promise<void>
  /** The same, unless there is an object of that name: then false, and nothing is changed. In one step, also among processes. */
  putNew(name: string, bytes: Uint8Array): Promise<boolean>
  /** Null where there is none. */
  get(name: string): Promise<Uint8Array | null>
  /** The names that begin so; the prefix is empty or ends with a slash. */
  list(prefix: string): Promise<readonly string[]>
  /** Nothing happens where there is none. */
  delete(name: string): Promise<void>
  close?(): Promise<void>
}

/** What is kept of something beside its objects, sealed under the key-encryption key, and how often it was changed. */
export interface KeptEntry {
  readonly bytes: Uint8Array
  readonly revision: number
}

/**
 * The data keys of runs and studies, wrapped, each with the number of the manifest that counts: apart from the objects and from their
 * backups, so that a run is gone once its entry is. Methods reject with `server/store-gone` where the store cannot be used.
 */
export interface KeyStore {
  get(name: string): Promise<KeptEntry | null>
  /** Whether there is one. */
  has(name: string): Promise<boolean>
  /**
   * Replaces an entry of that revision, or makes one where `was` is null, in one step also among processes. False, and nothing is
   * changed, where there is another by now, or none.
   */
  put(name: string, bytes: Uint8Array, was: number | null): Promise<boolean>
  /** The entry and all that it was before are gone once this resolves. */
  delete(name: string): Promise<void>
  /** The names that have an entry, of all kinds. */
  list(): Promise<readonly string[]>
  close?(): Promise<void>
}

/** Objects, and the keys that open them. */
export interface Stores {
  readonly objects: ObjectStore
  readonly keys: KeyStore
}

/** What tells a run, or a study, from all others: as the server draws it. What comes from elsewhere is held against this first. */
export const idPattern = /^[0-9a-f]{32}$/

/** The name of an entry: an id, with its kind before it where that has a name. */
export const entryName = /^(?:[a-z]{1,16}-)?[0-9a-f]{32}$/

/** An object's name: nothing in one leads out of where objects are. */
export const objectName = /^(?:[a-z]{1,16}-)?[0-9a-f]{32}(?:\/[a-z0-9-]{1,64}){1,3}$/
