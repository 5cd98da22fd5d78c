/** What entries weigh, and how much all of them together may. */
export interface Weights<V> {
  readonly most: number
  of(value: V): number
}

/**
 * A map of at most `capacity` entries, and at most so heavy: a new one pushes out those that were unused for longest. One that is
 * too heavy alone is not kept.
 */
export class LruMap<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #capacity: number
  readonly #onEvict: (key: K, value: V) => void
  readonly #weights: Weights<V>
  #weight = 0

  constructor(
    capacity: number,
    onEvict: (key: K, value: V) => void = () => {},
    weights: Weights<V> = { most: Number.POSITIVE_INFINITY, of: () => 0 },
  ) {
    this.#capacity = capacity
    this.#onEvict = onEvict
    this.#weights = weights
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
    this.delete(key)
    this.#entries.set(key, value)
    this.#weight += this.#weights.of(value)
    while (this.#entries.size > this.#capacity || this.#weight > this.#weights.most) {
      const [oldest] = this.#entries as Iterable<[K, V]>
      if (oldest === undefined) return
      this.delete(oldest[0])
      this.#onEvict(...oldest)
    }
  }

  delete(key: K): void {
    const value = this.#entries.get(key)
    if (value === undefined) return
    this.#entries.delete(key)
    this.#weight -= this.#weights.of(value)
  }

  /** The entries, from the one unused for longest to the newest. */
  entries(): IterableIterator<[K, V]> {
    return this.#entries.entries()
  }
}
