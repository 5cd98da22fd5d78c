import { cancelled } from '../core/errors.ts'

/** Pause and resume for a run: every stage passes here before it begins. */
export class RunControl {
  #open: Promise<void> = Promise.resolve()
  #release: (() => void) | null = null

  get paused(): boolean {
    return this.#release !== null
  }

  pause(): void {
    if (this.#release) return
    this.#open = new Promise((resolve) => {
      this.#release = resolve
    })
  }

  resume(): void {
    this.#release?.()
    this.#release = null
  }

  /** Resolves when the run may go on; rejects with `run/cancelled` once the signal aborts. */
  async pass(signal: AbortSignal): Promise<void> {
    while (this.#release && !signal.aborted) {
      await eitherOf(this.#open, signal)
    }
    if (signal.aborted) throw cancelled()
  }
}

/** Waits for `open` or the signal, and leaves nothing behind on the signal: a run waits on one many times. */
async function eitherOf(open: Promise<void>, signal: AbortSignal): Promise<void> {
  let leave = (): void => {}
  const aborted = new Promise<void>((resolve) => {
    leave = resolve
    signal.addEventListener('abort', leave, { once: true })
  })
  try {
    await Promise.race([open, aborted])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
