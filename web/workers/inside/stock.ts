import type { PrivateArithmetic } from '../../../core/private/arithmetic.ts'
import type { RandomBytes } from '../../../core/random.ts'
import { messagesFirst } from './turns.ts'

/**
 * Residues made before there is anything to seal. They do not depend on the data, so the time while a person looks
 * at a preview is theirs. Each is taken once; none outlives its key.
 */
export class ResidueStock {
  readonly #arithmetic: PrivateArithmetic
  readonly #random: RandomBytes
  readonly #width: number
  #made: Uint8Array<ArrayBuffer>[] = []
  #count = 0
  #wanted = 0
  #filling = false
  #spent = 0

  constructor(arithmetic: PrivateArithmetic, random: RandomBytes) {
    this.#arithmetic = arithmetic
    this.#random = random
    this.#width = arithmetic.bits / 4
  }

  get size(): number {
    return this.#count
  }

  /**
   * Sets how many residues will be needed, and makes them in turns that leave the worker free to answer in between.
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
      const batch = this.#arithmetic.residues(Math.min(turn, this.#wanted - this.#count), this.#random)
      const took = performance.now() - started
      this.#spent += took
      if (took < shortTurn) turn = Math.min(2 * turn, mostTurn)
      this.#made.push(batch)
      this.#count += batch.length / this.#width
      await messagesFirst()
    }
    this.#filling = false
  }

  /** Milliseconds spent on making residues ahead since this was last asked. */
  takeSpent(): number {
    const spent = this.#spent
    this.#spent = 0
    return spent
  }

  /** Takes `count` residues, from the stock as far as it goes; says how many came from it. */
  take(count: number): { residues: Uint8Array<ArrayBuffer>; stocked: number } {
    this.#wanted = Math.max(0, this.#wanted - count)
    const residues = new Uint8Array(count * this.#width)
    let at = 0
    while (at < residues.length) {
      const batch = this.#made.pop()
      if (!batch) break
      const used = Math.min(batch.length, residues.length - at)
      residues.set(batch.subarray(batch.length - used), at)
      if (used < batch.length) this.#made.push(batch.slice(0, batch.length - used))
      at += used
    }
    const stocked = at / this.#width
    this.#count -= stocked
    if (stocked < count) residues.set(this.#arithmetic.residues(count - stocked, this.#random), at)
    return { residues, stocked }
  }

  clear(): void {
    this.#wanted = 0
    this.#made = []
    this.#count = 0
  }
}

/**
 * Residues per turn: more while turns are short, since the kernel's table is read once for a whole batch of 32, yet few
 * enough that a call that arrives meanwhile waits for tens of milliseconds at most.
 */
const leastTurn = 4
const mostTurn = 32
const shortTurn = 12
