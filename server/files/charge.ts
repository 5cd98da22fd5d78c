import type { Layout } from '../../core/protocol/scheme.ts'
import type { RecordsBlock } from '../../files/recordsFile.ts'
import type { Service } from '../service.ts'

/**
 * What a file costs its sender: the slots of all its blocks are paid for before any is scored, so that a budget that does not suffice
 * says so at once, and those that were not answered, or had been before, are given back.
 */
export class FileCharge {
  readonly #service: Pick<Service, 'budgets' | 'chunks'>
  readonly #client: string
  readonly #model: string
  readonly #back: (() => Promise<void>)[] = []

  constructor(service: Pick<Service, 'budgets' | 'chunks'>, client: string, model: string) {
    this.#service = service
    this.#client = client
    this.#model = model
  }

  /** Pays for the next block. Throws `request/budget`; then what was paid before is given back. */
  async pay(layout: Layout, records: number): Promise<void> {
    try {
      this.#back.push(await this.#service.budgets.spendSlots(this.#client, layout.answeredSlots(records)))
    } catch (thrown) {
      await this.giveBack()
      throw thrown
    }
  }

  /** Has a block answered that was paid for. Throws `request/conflict` as a chunk on the wire does. */
  async answer<T>({ index, chunk }: RecordsBlock, digest: string, work: () => Promise<T>): Promise<T> {
    const admitted = await this.#service.chunks.admit(this.#model, chunk, digest)
    const done = await work()
    const again = (await admitted.answered()).again || admitted.again
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
