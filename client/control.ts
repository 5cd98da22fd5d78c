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
      await Promise.race([this.#open, aborted(signal)])
    }
    if (signal.aborted) throw cancelled()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
