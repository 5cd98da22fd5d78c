import { BlindscoreError } from '../core/errors.ts'

export type Priority = 'foreground' | 'background'

/**
 * Lets `width` holders through at a time. Background work enters only when no foreground work waits, and leaves one
 * place free where there is more than one: a request finds a thread that is not busy with spare work.
 */
export class Gate {
  readonly #width: number
  readonly #waiting: Record<Priority, (() => void)[]> = { foreground: [], background: [] }
  readonly #inside: Record<Priority, number> = { foreground: 0, background: 0 }

  constructor(width: number) {
    this.#width = width
  }

  inside(priority: Priority): number {
    return this.#inside[priority]
  }

  waiting(priority: Priority): number {
    return this.#waiting[priority].length
  }

  /**
   * Runs `work` once there is room. Rejects with `run/cancelled`, without running it, when the signal aborts first;
   * work that has begun is let finish, because stopping it would mean ending its thread.
   */
  async run<T>(priority: Priority, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    await this.#enter(priority, signal)
    try {
      return await work()
    } finally {
      this.#inside[priority]--
      this.#admit()
    }
  }

  #enter(priority: Priority, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiting[priority]
      const enter = (): void => {
        signal?.removeEventListener('abort', cancel)
        resolve()
      }
      const cancel = (): void => {
        const at = queue.indexOf(enter)
        if (at >= 0) queue.splice(at, 1)
        reject(new BlindscoreError('run/cancelled', 'Cancelled before the work began.'))
      }
      if (signal?.aborted) return cancel()
      signal?.addEventListener('abort', cancel, { once: true })
      queue.push(enter)
      this.#admit()
    })
  }

  #admit(): void {
    while (this.#inside.foreground + this.#inside.background < this.#width) {
      const priority: Priority = this.#waiting.foreground.length > 0 ? 'foreground' : 'background'
      if (priority === 'background' && this.#inside.background >= Math.max(1, this.#width - 1)) return
      const enter = this.#waiting[priority].shift()
      if (enter === undefined) return
      this.#inside[priority]++
      enter()
    }
  }
}
