import { concat } from '../core/bytes.ts'
import type { Compute } from './compute.ts'
import { LruMap } from './lru.ts'

interface Stock {
  readonly n: Uint8Array
  readonly masks: Uint8Array[]
  /** Masks that a task is making now. */
  ordered: number
  usedAt: number
}

export interface StockOptions {
  readonly perKey: number
  readonly keys: number
  readonly idleMs: number
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number
  /** Called when masks could not be made; the key's stock is given up. */
  readonly onError: (thrown: unknown) => void
}

/** A task of spare work holds its thread for about so long, which a request may have to wait for. */
const taskMs = 50

/**
 * Masks made ahead, while a key waits. They do not depend on the records, so a score that finds its masks in stock
 * has only the multiplications left.
 *
 * A mask leaves the stock before anything else is done with it, and nothing puts one back: it is used once or never.
 * None is ever written anywhere.
 */
export class MaskStock {
  readonly #compute: Pick<Compute, 'masks' | 'threads'>
  readonly #options: StockOptions
  readonly #stocks: LruMap<string, Stock>
  readonly #stop = new AbortController()
  #makers = 0
  #perTask = 1

  constructor(compute: Pick<Compute, 'masks' | 'threads'>, options: StockOptions) {
    this.#compute = compute
    this.#options = options
    this.#stocks = new LruMap(options.keys)
  }

  /** The masks in stock, over all keys. */
  get size(): number {
    let sum = 0
    for (const [, stock] of this.#stocks.entries()) sum += stock.masks.length
    return sum
  }

  /** Begins a key's stock. */
  add(fingerprint: string, n: Uint8Array): void {
    if (this.#stocks.get(fingerprint) !== undefined) return
    this.#stocks.set(fingerprint, { n, masks: [], ordered: 0, usedAt: this.#options.now() })
    this.#startMakers()
  }

  /** At most `count` masks of the key, which are the caller's alone from now on. */
  take(fingerprint: string, n: Uint8Array, count: number): Uint8Array {
    this.add(fingerprint, n)
    const stock = this.#stocks.get(fingerprint) as Stock
    stock.usedAt = this.#options.now()
    const taken = concat(stock.masks.splice(0, count))
    this.#startMakers()
    return taken
  }

  drop(fingerprint: string): void {
    this.#stocks.delete(fingerprint)
  }

  /** Makes no more masks. */
  close(): void {
    this.#stop.abort()
  }

  #startMakers(): void {
    while (this.#makers < Math.max(1, this.#compute.threads - 1) && this.#hungriest() !== undefined) {
      this.#makers++
      void this.#make().finally(() => {
        this.#makers--
      })
    }
  }

  async #make(): Promise<void> {
    for (;;) {
      const hungriest = this.#stop.signal.aborted ? undefined : this.#hungriest()
      if (hungriest === undefined) return
      const [fingerprint, stock] = hungriest
      const count = Math.min(this.#perTask, this.#options.perKey - stock.masks.length - stock.ordered)
      const width = 2 * stock.n.length
      stock.ordered += count
      try {
        const started = this.#options.now()
        const masks = await this.#compute.masks(stock.n, count, this.#stop.signal)
        this.#fit(count, this.#options.now() - started)
        for (let at = 0; at < masks.length; at += width) stock.masks.push(masks.slice(at, at + width))
      } catch (thrown) {
        this.drop(fingerprint)
        if (!this.#stop.signal.aborted) this.#options.onError(thrown)
      } finally {
        stock.ordered -= count
      }
    }
  }

  /** The number of masks that the next task makes, from how long the last one took. */
  #fit(count: number, ms: number): void {
    const fitting = Math.floor((count * taskMs) / Math.max(1, ms))
    this.#perTask = Math.max(1, Math.min(fitting, 2 * this.#perTask, 64))
  }

  /** The stock with the fewest masks among those that are not full and not idle. */
  #hungriest(): [string, Stock] | undefined {
    const since = this.#options.now() - this.#options.idleMs
    let found: [string, Stock] | undefined
    let lowest = Number.POSITIVE_INFINITY
    for (const entry of this.#stocks.entries()) {
      const level = entry[1].masks.length + entry[1].ordered
      if (level >= this.#options.perKey || entry[1].usedAt < since) continue
      if (level < lowest) [found, lowest] = [entry, level]
    }
    return found
  }
}
