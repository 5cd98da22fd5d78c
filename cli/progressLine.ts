/** How far a long command is: a line on standard error every few seconds, drawn over where that is a terminal. */
export class ProgressLine {
  readonly #what: string
  readonly #all: number
  readonly #first: number
  readonly #started = performance.now()
  #done: number
  #told = performance.now()
  readonly #quiet: boolean

  /** `done` of `all` were done before: the time that is left follows from the others. */
  constructor(what: string, all: number, done: number, quiet: boolean) {
    this.#what = what
    this.#all = all
    this.#first = done
    this.#done = done
    this.#quiet = quiet
  }

  add(records: number): void {
    this.#done += records
    const now = performance.now()
    const terminal = process.stderr.isTTY
    if (this.#quiet || now - this.#told < (terminal ? 500 : 5000)) return
    this.#told = now
    const text = `${this.#what}: ${this.#done} of ${this.#all} records${this.#left(now)}`
    process.stderr.write(terminal ? `\r\x1b[K${text}` : `${text}\n`)
  }

  end(): void {
    if (!this.#quiet && process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }

  /** After three seconds. */
  #left(now: number): string {
    const passed = now - this.#started
    const own = this.#done - this.#first
    if (passed < 3000 || own === 0) return ''
    const seconds = Math.ceil(((this.#all - this.#done) * passed) / own / 1000)
    return seconds < 90 ? `, ${seconds} s left` : `, ${Math.ceil(seconds / 60)} min left`
  }
}
