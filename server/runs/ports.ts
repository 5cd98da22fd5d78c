/**
 * Where runs lie that a client hands over and comes back for: objects in one store, the keys that open them in another, and what
 * wakes a worker. The stores are the truth; a queue that loses all that it holds loses nothing. Every implementation passes
 * `server/test/support/runStores.ts`.
 */

/**
 * Objects by name, each sealed before it comes here: `RUN/in/I`, `RUN/out/I`, `RUN/failed/I`, `RUN/key`, `RUN/manifest/NUMBER-NONCE`, `RUN/base/I`; and, of no
 * bytes, `RUN/begun/I`,
 * where RUN are 32 hexadecimal digits. Methods reject with `server/store-gone` where the store cannot be used.
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

/** What is kept of a run beside its objects, sealed under the key-encryption key, and how often it was changed. */
export interface KeptEntry {
  readonly bytes: Uint8Array
  readonly revision: number
}

/**
 * The data keys of runs, wrapped, each with the number of the manifest that counts: apart from the objects and from their backups, so
 * that a run is gone once its entry is. Methods reject with `server/store-gone` where the store cannot be used.
 */
export interface RunKeyStore {
  get(run: string): Promise<KeptEntry | null>
  /**
   * Replaces an entry of that revision, or makes one where `was` is null, in one step also among processes. False, and nothing is
   * changed, where there is another by now, or none.
   */
  put(run: string, bytes: Uint8Array, was: number | null): Promise<boolean>
  /** The entry and all that it was before are gone once this resolves. */
  delete(run: string): Promise<void>
  /** The runs that have an entry. */
  list(): Promise<readonly string[]>
  close?(): Promise<void>
}

/** Chunks of a run, by number, from `first` on and before `end`. */
export interface RunPart {
  readonly run: string
  readonly first: number
  readonly end: number
}

/**
 * What a queue brings to be done. All of it follows from the stores, so it does not matter how often something is brought, nor whether
 * another process does the same.
 */
export interface RunWork {
  /** The runs that there are, with and without work. */
  runs(): Promise<readonly string[]>
  /** Where there is something to do of a run, in parts that different processes may do; none where there is nothing. */
  parts(run: string): Promise<readonly RunPart[]>
  /** Whose run it is, as far as that can be told. */
  clientOf(run: string): Promise<string>
  /**
   * Resolves once nothing is left to do of a part, or nothing was begun since `isOver` said so, and rejects, with an error of a stable code, where another try may do what is left:
   * the queue tries again later, as long as it exists.
   */
  work(part: RunPart, isOver?: () => boolean): Promise<void>
}

/** Wakes whoever works on runs. What it is told may be forgotten or come twice: who works looks at the stores. */
export interface RunQueue {
  /** Resolves once a run is known to wait for work, or once it is clear that a look at the stores has to find it. */
  wake(run: string): Promise<void>
  /** Takes no more work, and resolves once the work under way has ended. */
  close(): Promise<void>
}

/** Makes a queue, which looks by itself at what waits by the stores: at the start, and again where it could forget. */
export type OpenQueue = (work: RunWork) => Promise<RunQueue>

/** The name of a run, as the server draws it. What comes from a client or a queue is held against this before it names anything. */
export const runName = /^[0-9a-f]{32}$/

/** An object's name: nothing in one leads out of where objects are. */
export const objectName = /^[0-9a-f]{32}(?:\/[a-z0-9-]{1,64}){1,3}$/
