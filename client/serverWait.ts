import { type BlindscoreError, cancelled } from '../core/errors.ts'

/** A wait for the server, as it is told of. */
export interface Wait {
  /** Why the server was not to be had. */
  readonly error: BlindscoreError
  /** When it is tried again, in milliseconds since 1970. */
  readonly until: number
}

/** Refusals one after the other before a run pauses, and the longest wait between two that the server did not state, in seconds. */
const tries = 5
const longestWait = 15
/** A server that states a longer wait than this, in seconds, pauses the run at once. */
const longestStated = 60

/** `due`: the wait is over, and the first lane that comes tries. `stuck`: until somebody says to go on. */
type State = 'free' | 'held' | 'due' | 'trying' | 'stuck'

/**
 * The wait of a run's lanes for a server that is busy, gone, or out of budget. One lane's refusal holds all of them: nothing
 * is sent to be refused as well. Once the wait is over one lane tries, and the others go on when that was answered.
 */
export class ServerWait {
  readonly #onWait: (wait: Wait | null) => void
  #state: State = 'free'
  /** Counts the waits: what was sent before one says nothing of it. */
  #count = 0
  #refusals = 0
  #until = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #waiting = new Set<() => void>()

  constructor(onWait: (wait: Wait | null) => void = () => {}) {
    this.#onWait = onWait
  }

  /** Resolves when a lane may send, to what it has to say of what came of it. Rejects with `run/cancelled`. */
  async pass(signal: AbortSignal): Promise<number> {
    while (this.#state !== 'free' && this.#state !== 'due') await this.#change(signal)
    if (signal.aborted) throw cancelled()
    if (this.#state === 'due') this.#state = 'trying'
    return this.#count
  }

  /**
   * What a lane sent was refused. Returns null where it is to be tried again, and when the run has to pause, since when it is
   * worth another try, in milliseconds since 1970: 0 where the server did not say.
   */
  refused(pass: number, error: BlindscoreError, stated: number | null): number | null {
    const until = stated === null ? 0 : Date.now() + 1000 * stated
    // Told before, of what was under way at the same time.
    if (pass !== this.#count) {
      if (this.#state === 'held' && until > this.#until) this.#hold(error, until)
      return null
    }
    this.#count += 1
    this.#refusals += 1
    if (this.#refusals % tries === 0 || (stated ?? 0) > longestStated) {
      this.#turn('stuck')
      this.#onWait(null)
      return until
    }
    const usual = Math.min(0.25 * 2 ** this.#refusals, longestWait)
    this.#hold(error, stated === null ? Date.now() + 1000 * usual : until)
    return null
  }

  /** What a lane sent was answered, or came to an end that has nothing to do with a wait. */
  answered(pass: number): void {
    if (pass !== this.#count || this.#state === 'stuck') return
    this.#refusals = 0
    if (this.#state === 'free') return
    this.#turn('free')
    this.#onWait(null)
  }

  /** A lane that was let through sends nothing after all. */
  giveBack(pass: number): void {
    if (pass === this.#count && this.#state === 'trying') this.#turn('due')
  }

  /** The run that was stuck goes on. */
  goOn(): void {
    if (this.#state === 'stuck') this.#turn('due')
  }

  #hold(error: BlindscoreError, until: number): void {
    this.#until = until
    this.#turn('held')
    this.#timer = setTimeout(() => this.#turn('due'), Math.max(0, until - Date.now()))
    this.#onWait({ error, until })
  }

  #turn(state: State): void {
    clearTimeout(this.#timer)
    this.#state = state
    for (const wake of [...this.#waiting]) wake()
  }

  #change(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw cancelled()
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', abort)
      }
      const wake = (): void => {
        leave()
        resolve()
      }
      const abort = (): void => {
        leave()
        // A run that has ended leaves no timer behind.
        if (this.#waiting.size === 0) clearTimeout(this.#timer)
        reject(cancelled())
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', abort, { once: true })
    })
  }
}
