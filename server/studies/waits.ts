/** Requests that wait until something changes. */
export class Waits {
  readonly #waiting = new Map<string, Set<() => void>>()

  /** How many wait for it. */
  count(id: string): number {
    return this.#waiting.get(id)?.size ?? 0
  }

  wake(id: string): void {
    for (const wake of this.#waiting.get(id) ?? []) wake()
  }

  /** Wakes all. */
  end(): void {
    for (const id of [...this.#waiting.keys()]) this.wake(id)
  }

  /** What is heard once something changes of it, after so many milliseconds, or once it is ended. */
  next(id: string, milliseconds: number): { readonly heard: Promise<void>; end(): void } {
    const waiting = this.#waiting.get(id) ?? new Set()
    this.#waiting.set(id, waiting)
    let end = (): void => {}
    const heard = new Promise<void>((resolve) => {
      end = (): void => {
        clearTimeout(timer)
        waiting.delete(end)
        if (waiting.size === 0 && this.#waiting.get(id) === waiting) this.#waiting.delete(id)
        resolve()
      }
      const timer = setTimeout(end, milliseconds)
      waiting.add(end)
    })
    return { heard, end: () => end() }
  }
}
