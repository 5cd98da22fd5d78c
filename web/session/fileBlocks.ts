import type { BlockSource } from '../../client/block.ts'
import { asBlindscoreError } from '../../core/errors.ts'
import type { Block } from '../../reader/blocks.ts'
import type { Plan } from '../../reader/plan.ts'
import type { RpcHost } from '../../rpc/rpcHost.ts'
import type { PassOptions, ReaderApi } from '../reader/worker-reader.ts'
import type { Workers } from './workers.ts'

/** So many readers may end over one block before it is given up. */
const tries = 3

/** A file's blocks, pulled one by one by whoever is free. A reader that dies is replaced, and the next reads on. */
export class FileBlocks implements BlockSource {
  readonly #workers: Pick<Workers, 'reader'>
  readonly #file: Blob
  readonly #plan: Plan
  readonly #capacity: number
  readonly #options: PassOptions
  /** The reader that is at it, and when it has begun. */
  #pass: { readonly reader: RpcHost<ReaderApi>; readonly begun: Promise<void> } | null = null
  /** Records handed out. A reader answers in order, so they are the first ones. */
  #handedOut = 0

  constructor(workers: Pick<Workers, 'reader'>, file: Blob, plan: Plan, capacity: number, options: PassOptions = {}) {
    this.#workers = workers
    this.#file = file
    this.#plan = plan
    this.#capacity = capacity
    this.#options = options
  }

  /** The next block, or null at the end. Rejects with `platform/worker-died` when readers keep ending over it. */
  async next(signal: AbortSignal): Promise<Block | null> {
    for (let attempt = 1; ; attempt++) {
      this.#pass ??= this.#begin(signal)
      const pass = this.#pass
      try {
        await pass.begun
        const block = await pass.reader.call<Block | null>((reader) => reader.next(this.#options.pass ?? 'run'), signal)
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
    const { reader } = this.#workers
    const from = this.#handedOut
    const begun = reader.call(
      (remote) => remote.begin(this.#file, this.#plan, this.#capacity, from, this.#options),
      signal,
    )
    return { reader, begun }
  }
}
