import type { Progress } from '../../client/progress.ts'
import type { Scores } from './scored.ts'

/** What a run has opened up to now, for whoever ends or pauses it and wants what there is. */
export class OpenedSoFar {
  readonly #predictors: Float64Array
  readonly #rows: Uint32Array
  readonly #heads: number
  /** By the place of their first record, how many records were opened. */
  readonly #blocks = new Map<number, number>()
  #withheld = false

  /** Both arrays fill as the run goes: records × heads predictors, and each record's row. */
  constructor(predictors: Float64Array, rows: Uint32Array, heads: number) {
    this.#predictors = predictors
    this.#rows = rows
    this.#heads = heads
  }

  note(at: number, records: number): void {
    this.#blocks.set(at, records)
  }

  /** An answer must not be believed, so that none of this run's is shown. */
  withhold(): void {
    this.#withheld = true
  }

  /** How many records were opened, or 0 where none may be shown. */
  get records(): number {
    return this.#withheld ? 0 : [...this.#blocks.values()].reduce((sum, records) => sum + records, 0)
  }

  /** The scores of the records that were opened, in the file's order, or null where there is none to show. */
  scores(progress: Progress): Scores | null {
    const blocks = [...this.#blocks].sort(([a], [b]) => a - b)
    const total = this.records
    if (total === 0) return null
    const heads = this.#heads
    const predictors = new Float64Array(total * heads)
    const rows = new Uint32Array(total)
    let to = 0
    for (const [at, records] of blocks) {
      predictors.set(this.#predictors.subarray(at * heads, (at + records) * heads), to * heads)
      rows.set(this.#rows.subarray(at, at + records), to)
      to += records
    }
    return { predictors, rows, progress: { ...progress, total } }
  }
}
