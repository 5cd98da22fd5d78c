/** A map of at most `capacity` entries: a new one pushes out the one that was unused for longest. */
export class LruMap<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #capacity: number
  readonly #onEvict: (key: K, value: V) => void

  constructor(capacity: number, onEvict: (key: K, value: V) => void = () => {}) {
    this.#capacity = capacity
    this.#onEvict = onEvict
  }

  get size(): number {
    return this.#entries.size
  }

  /** The value of `key`, which counts as a use. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value !== undefined) {
      this.#entries.delete(key)
      this.#entries.set(key, value)
    }
    return value
  }

  set(key: K, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#capacity) return
    const [oldest] = this.#entries as Iterable<[K, V]>
    if (oldest === undefined) return
    this.#entries.delete(oldest[0])
    this.#onEvict(...oldest)
  }

  delete(key: K): void {
    this.#entries.delete(key)
  }

  /** The entries, from the one unused for longest to the newest. */
  entries(): IterableIterator<[K, V]> {
    return this.#entries.entries()
  }
}
