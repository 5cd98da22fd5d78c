/**
 * Runs that a client hands over and comes back for: what wakes a worker. The stores (`server/sealed/ports.ts`) are the truth; a queue
 * that loses all that it holds loses nothing.
 */

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
