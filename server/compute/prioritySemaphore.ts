import { cancelled } from '../../core/errors.ts'

/** 'ahead' is foreground work that saves others theirs: where there is more than one place, it waits for none of them. */
export type Priority = 'foreground' | 'ahead' | 'background'

type Queue = Exclude<Priority, 'ahead'>
const queueOf = (priority: Priority): Queue => (priority === 'background' ? 'background' : 'foreground')

/**
 * Lets `width` holders through at a time. Background work enters only when no foreground work waits, and leaves one
 * place free where there is more than one: a request finds a thread that is not busy with spare work. Work that goes
 * ahead takes the next place of several; where there is only one, it takes turns with the rest.
 */
export class PrioritySemaphore {
  readonly #width: number
  readonly #waiting: Record<Queue, (() => void)[]> = { foreground: [], background: [] }
  readonly #inside: Record<Queue, number> = { foreground: 0, background: 0 }

  constructor(width: number) {
    this.#width = width
  }

  inside(priority: Queue): number {
    return this.#inside[priority]
  }

  waiting(priority: Queue): number {
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
      this.#inside[queueOf(priority)]--
      this.#admit()
    }
  }

  #enter(priority: Priority, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiting[queueOf(priority)]
      const enter = (): void => {
        signal?.removeEventListener('abort', cancel)
        resolve()
      }
      const cancel = (): void => {
        const at = queue.indexOf(enter)
        if (at >= 0) queue.splice(at, 1)
        reject(cancelled())
      }
      if (signal?.aborted) return cancel()
      signal?.addEventListener('abort', cancel, { once: true })
      const first = this.#width > 1 ? 0 : 1
      queue.splice(priority === 'ahead' ? first : queue.length, 0, enter)
      this.#admit()
    })
  }

  #admit(): void {
    while (this.#inside.foreground + this.#inside.background < this.#width) {
      const priority: Queue = this.#waiting.foreground.length > 0 ? 'foreground' : 'background'
      if (priority === 'background' && this.#inside.background >= Math.max(1, this.#width - 1)) return
      const enter = this.#waiting[priority].shift()
      if (enter === undefined) return
      this.#inside[priority]++
      enter()
    }
  }
}
