import { asBlindscoreError, type BlindscoreError, type ErrorCode } from '../../core/errors.ts'

/** Milliseconds before a server that went away is asked for again, the first time and at most. */
const first = 12_000
const most = 60_000
/** A timer stands still while a device sleeps: so many milliseconds after it woke, at most, the time is looked at. */
const longestTimer = 15_000

/** What comes back by itself: a server or a network that was gone, a server that was busy or had no budget left. */
const comesBack: ReadonlySet<ErrorCode> = new Set([
  'run/offline',
  'request/busy',
  'request/budget',
  'server/store-gone',
  'access/issuer',
])

export interface ComeBackOptions {
  /** Asks the server for something small. */
  readonly ask: () => Promise<unknown>
  readonly isOnline: () => boolean
  /** When it is tried again, in milliseconds since 1970, or null while it is not. */
  readonly onNext: (at: number | null) => void
  readonly onBack: () => void
}

/**
 * Waits in a paused run's stead for what comes back by itself, and says when it is worth another try: at the time that the
 * server stated, else after growing waits, and only once the server answers to something small.
 */
export class ComeBack {
  readonly #options: ComeBackOptions
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Waits since anything was answered. */
  #waits = 0
  #watching = 0

  constructor(options: ComeBackOptions) {
    this.#options = options
  }

  watch({ code }: BlindscoreError, until: number | null): void {
    this.#stop()
    if (comesBack.has(code)) this.#next(until)
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.#stop()
    this.#options.onNext(null)
  }

  /** The server answered to what matters: the next wait is a short one again. */
  answered(): void {
    this.#waits = 0
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#watching += 1
  }

  #next(until: number | null): void {
    const at = until ?? Date.now() + Math.min(first * 2 ** this.#waits, most)
    this.#waits += 1
    this.#options.onNext(at)
    this.#waitTo(at, this.#watching)
  }

  #waitTo(at: number, watching: number): void {
    const left = at - Date.now()
    if (left <= 0) void this.#look(watching)
    else this.#timer = setTimeout(() => this.#waitTo(at, watching), Math.min(left, longestTimer))
  }

  async #look(watching: number): Promise<void> {
    const { ask, isOnline, onBack } = this.#options
    const back = isOnline() && (await isThere(ask()))
    if (watching !== this.#watching) return
    if (back) onBack()
    else this.#next(null)
  }
}

/** A server that refuses what only a person mends is there: what waited finds that out as well, and says so. */
const isThere = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    (thrown) => !comesBack.has(asBlindscoreError(thrown).code),
  )
