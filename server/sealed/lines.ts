/** Lines of work, by name: of each line one is done after the other, in the order in which they came. */
export class Lines {
  readonly #ends = new Map<string, Promise<unknown>>()

  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#ends.get(name) ?? Promise.resolve()
    const done = before.then(work)
    const end = done
      .catch(() => {})
      .then(() => {
        if (this.#ends.get(name) === end) this.#ends.delete(name)
      })
    this.#ends.set(name, end)
    return done
  }
}
