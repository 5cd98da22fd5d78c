import { readBlocks } from './blocks.ts'
import type { Plan } from './plan.ts'
import type { FileSource } from './source.ts'

/** Some inputs of a card of all of a file's scorable records, as whole columns of integers. */
export interface WholeColumns {
  /** In the order of `places`. */
  readonly columns: Float64Array<ArrayBuffer>[]
  /** Each record's row in the file, from 1. */
  readonly rows: Uint32Array<ArrayBuffer>
}

const blockRecords = 4096

/** `places` are among the card's inputs; `records` is how many the check of the file counted. */
export async function wholeColumns(
  file: FileSource,
  plan: Plan,
  places: readonly number[],
  records: number,
): Promise<WholeColumns> {
  const columns = places.map(() => new Float64Array(records))
  const rows = new Uint32Array(records)
  for await (const block of readBlocks(file, plan, blockRecords)) {
    for (const [c, place] of places.entries()) {
      const from = place * block.capacity
      columns[c]?.set(block.integers.subarray(from, from + block.records), block.at)
    }
    rows.set(block.rows.subarray(0, block.records), block.at)
  }
  return { columns, rows }
}
