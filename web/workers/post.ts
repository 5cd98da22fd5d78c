import type { Bridge } from './bridge.ts'

/** A place for one worker: it is started when it is first asked for, and another one when it has ended. */
export class Post<Api> {
  readonly #open: () => Bridge<Api>
  readonly #onLost: () => void
  #bridge: Bridge<Api> | null = null
  #over = false

  /** `onLost` hears of a worker that has ended by itself, before the next one is started. */
  constructor(open: () => Bridge<Api>, onLost: () => void = () => {}) {
    this.#open = open
    this.#onLost = onLost
  }

  get bridge(): Bridge<Api> {
    if (this.#bridge) return this.#bridge
    const bridge = this.#open()
    this.#bridge = bridge
    void bridge.ended.then(() => {
      this.#bridge = null
      if (!this.#over) this.#onLost()
    })
    return bridge
  }

  end(): void {
    this.#over = true
    this.#bridge?.end()
  }
}
