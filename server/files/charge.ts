import type { Layout } from '../../core/protocol/scheme.ts'
import type { RecordsBlock } from '../../files/recordsFile.ts'
import type { Service } from '../service.ts'
import type { Use } from '../state/state.ts'

/** A block as it is paid for: `once` names its bytes, which are paid for once. */
export interface Payable {
  readonly records: number
  readonly once: string
}

/**
 * What a file costs its sender: the slots of all its blocks are paid for before any is scored, so that a budget that does not suffice
 * says so at once, and those that were not answered, or had been before, are given back.
 */
export class FileCharge {
  readonly #service: Pick<Service, 'budgets' | 'chunks'>
  readonly #client: string
  readonly #useOf: (records: number) => Use
  /** Those of all blocks. */
  slots = 0
  readonly #back: (() => Promise<void>)[] = []

  /** `useOf`: what is counted of a block of so many records. */
  constructor(service: Pick<Service, 'budgets' | 'chunks'>, client: string, useOf: (records: number) => Use) {
    this.#service = service
    this.#client = client
    this.#useOf = useOf
  }

  /** Throws `request/too-large` for a file that no hour of its sender's pays for. */
  mustFit(layout: Layout, blocks: readonly Payable[]): void {
    const slots = blocks.reduce((sum, { records }) => sum + layout.answeredSlots(records), 0)
    this.#service.budgets.mustFit(this.#client, slots)
  }

  /** Pays for the next block. Throws `request/budget`; then what was paid before is given back. */
  async pay(layout: Layout, { records, once }: Payable): Promise<void> {
    try {
      const slots = layout.answeredSlots(records)
      const use = this.#useOf(records)
      this.#back.push(await this.#service.budgets.spendSlots({ client: this.#client, slots, once, use }))
      this.slots += slots
    } catch (thrown) {
      await this.giveBack()
      throw thrown
    }
  }

  /** Has a block answered that was paid for. Throws `request/conflict` as a chunk on the wire does. */
  async answer<T>({ index, chunk }: RecordsBlock, digest: string, work: () => Promise<T>): Promise<T> {
    const { model } = this.#useOf(chunk.records)
    const admitted = await this.#service.chunks.admit(model, chunk, digest)
    const done = await work()
    const again = admitted.again
    await admitted.answered()
    const back = this.#back[index]
    delete this.#back[index]
    if (again) await back?.()
    return done
  }

  /** Gives back what was paid for blocks that were not answered. */
  async giveBack(): Promise<void> {
    for (const back of this.#back.splice(0)) await back?.()
  }
}
