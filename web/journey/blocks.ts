import { asBlindscoreError } from '../../core/errors.ts'
import type { Bridge } from '../workers/bridge.ts'
import type { Crew } from '../workers/crew.ts'
import type { Block } from '../workers/inside/blocks.ts'
import type { Plan } from '../workers/inside/plan.ts'
import type { ReaderApi } from '../workers/inside/worker-reader.ts'

/** So many readers may end over one block before it is given up. */
const tries = 3

/** A file's blocks, pulled one by one by whoever is free. A reader that dies is replaced, and the next reads on. */
export class Blocks {
  readonly #crew: Pick<Crew, 'reader'>
  readonly #file: Blob
  readonly #plan: Plan
  readonly #capacity: number
  /** The reader that is at it, and when it has begun. */
  #pass: { readonly reader: Bridge<ReaderApi>; readonly begun: Promise<void> } | null = null
  /** Records handed out. A reader answers in order, so they are the first ones. */
  #handedOut = 0

  constructor(crew: Pick<Crew, 'reader'>, file: Blob, plan: Plan, capacity: number) {
    this.#crew = crew
    this.#file = file
    this.#plan = plan
    this.#capacity = capacity
  }

  /** The next block, or null at the end. Rejects with `platform/worker-died` when readers keep ending over it. */
  async next(signal: AbortSignal): Promise<Block | null> {
    for (let attempt = 1; ; attempt++) {
      this.#pass ??= this.#begin(signal)
      const pass = this.#pass
      try {
        await pass.begun
        const block = await pass.reader.call<Block | null>((reader) => reader.next(), signal)
        if (block) this.#handedOut = block.at + block.records
        return block
      } catch (thrown) {
        const error = asBlindscoreError(thrown)
        if (error.code !== 'platform/worker-died') throw error
        if (this.#pass === pass) this.#pass = null
        if (attempt >= tries) throw error
        // Its end is known everywhere before another reader is asked for.
        await pass.reader.ended
      }
    }
  }

  #begin(signal: AbortSignal) {
    const { reader } = this.#crew
    const from = this.#handedOut
    const begun = reader.call((remote) => remote.begin(this.#file, this.#plan, this.#capacity, from), signal)
    return { reader, begun }
  }
}
