import type { RandomBytes } from '../../core/number/random.ts'
import type { Ahead } from '../../core/protocol/scheme.ts'
import { messagesFirst } from '../../platform/turns.ts'

/**
 * What a key makes ahead, before there is anything to seal. It does not depend on the data, so the time while a person
 * looks at a preview is its. Each item is taken once; none outlives its key.
 */
export class PrecomputedPool {
  readonly #ahead: Ahead
  readonly #random: RandomBytes
  #made: Uint8Array<ArrayBuffer>[] = []
  #count = 0
  #wanted = 0
  #filling = false
  #spent = 0

  constructor(ahead: Ahead, random: RandomBytes) {
    this.#ahead = ahead
    this.#random = random
  }

  get size(): number {
    return this.#count
  }

  /**
   * Sets how many items will be needed, and makes them in turns that leave the worker free to answer in between.
   * What is taken counts as needed no more.
   */
  want(count: number): void {
    this.#wanted = count
    if (!this.#filling) void this.#fill()
  }

  async #fill(): Promise<void> {
    this.#filling = true
    let turn = leastTurn
    while (this.#count < this.#wanted) {
      const started = performance.now()
      const batch = this.#ahead.make(Math.min(turn, this.#wanted - this.#count), this.#random)
      const took = performance.now() - started
      this.#spent += took
      if (took < shortTurn) turn = Math.min(2 * turn, mostTurn)
      this.#made.push(batch)
      this.#count += batch.length / this.#ahead.itemBytes
      await messagesFirst()
    }
    this.#filling = false
  }

  /** Milliseconds spent on making items since this was last asked. */
  takeSpent(): number {
    const spent = this.#spent
    this.#spent = 0
    return spent
  }

  /** Takes `count` items, from the pool as far as it goes; says how many came from it. */
  take(count: number): { items: Uint8Array<ArrayBuffer>; precomputed: number } {
    this.#wanted = Math.max(0, this.#wanted - count)
    const items = new Uint8Array(count * this.#ahead.itemBytes)
    let at = 0
    while (at < items.length) {
      const batch = this.#made.pop()
      if (!batch) break
      const used = Math.min(batch.length, items.length - at)
      items.set(batch.subarray(batch.length - used), at)
      if (used < batch.length) this.#made.push(batch.slice(0, batch.length - used))
      at += used
    }
    const precomputed = at / this.#ahead.itemBytes
    this.#count -= precomputed
    if (precomputed < count) items.set(this.#ahead.make(count - precomputed, this.#random), at)
    return { items, precomputed }
  }

  clear(): void {
    this.#wanted = 0
    this.#made = []
    this.#count = 0
  }
}

/**
 * Items per turn: more while turns are short, since the kernel's table is read once for a whole batch of 32, yet few
 * enough that a call that arrives meanwhile waits for tens of milliseconds at most.
 */
const leastTurn = 4
const mostTurn = 32
const shortTurn = 12
