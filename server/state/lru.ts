/** What entries weigh, and how much all of them together may. */
export interface Weights<V> {
  readonly most: number
  of(value: V): number
}

/**
 * A map of at most `capacity` entries, and at most so heavy: a new one pushes out those that were unused for longest. One that is
 * too heavy alone is not kept. Where entries have owners, those go first that are of who has most of what there is too much of: whoever
 * brings many pushes out its own.
 */
export class LruMap<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #capacity: number
  readonly #onEvict: (key: K, value: V) => void
  readonly #weights: Weights<V>
  readonly #ownerOf: ((value: V) => string) | null
  #weight = 0

  constructor(
    capacity: number,
    onEvict: (key: K, value: V) => void = () => {},
    weights: Weights<V> = { most: Number.POSITIVE_INFINITY, of: () => 0 },
    ownerOf: ((value: V) => string) | null = null,
  ) {
    this.#capacity = capacity
    this.#onEvict = onEvict
    this.#weights = weights
    this.#ownerOf = ownerOf
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
      const leaving = this.#leaving()
      if (leaving === undefined) return
      this.delete(leaving[0])
      this.#onEvict(...leaving)
    }
  }

  /** The entry that was unused for longest, of whose owner has most. */
  #leaving(): [K, V] | undefined {
    const ownerOf = this.#ownerOf
    if (ownerOf === null) return this.#entries.entries().next().value
    const entries = [...this.#entries]
    const sizeOf = this.#entries.size > this.#capacity ? () => 1 : (value: V) => this.#weights.of(value)
    const sizes = new Map<string, number>()
    for (const [, value] of entries) sizes.set(ownerOf(value), (sizes.get(ownerOf(value)) ?? 0) + sizeOf(value))
    const most = Math.max(...sizes.values())
    return entries.find(([, value]) => sizes.get(ownerOf(value)) === most)
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
