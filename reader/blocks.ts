import { readFileRows } from './fileRows.ts'
import { makeJudge } from './judge.ts'
import type { Plan } from './plan.ts'
import type { FileSource } from './source.ts'

/** Encoded records on their way to a sealer. */
export interface Block {
  /** inputs × capacity integers, input by input; the places after `records` are zero. */
  readonly integers: Float64Array<ArrayBuffer>
  readonly capacity: number
  readonly records: number
  /** Where the block stands among the records that are scored, from 0. */
  readonly at: number
  /** Each record's row in the file. */
  readonly rows: Uint32Array<ArrayBuffer>
  readonly bytesRead: number
  /** The cells of the columns that were asked for, record by record. */
  readonly texts?: readonly (readonly string[])[]
}

/**
 * The records that can be scored, encoded, in blocks of `capacity`. Rows with a problem are passed over. `from` leaves
 * out the blocks before that record: an earlier pass has had them.
 */
export async function* readBlocks(
  file: FileSource,
  plan: Plan,
  capacity: number,
  from = 0,
  /** Columns of the file whose cells go along as they are. */
  columns: readonly number[] = [],
): AsyncGenerator<Block> {
  const judge = makeJudge(plan)
  const inputs = plan.card.inputs.length
  const fresh = () => ({ integers: new Float64Array(inputs * capacity), rows: new Uint32Array(capacity) })
  let block = fresh()
  let texts: string[][] = []
  const whole = () => ({ ...block, ...(columns.length > 0 && { texts }) })
  let records = 0
  let at = 0
  let bytesRead = 0
  for await (const batch of readFileRows(file, plan)) {
    bytesRead = batch.bytesRead
    for (const record of batch.records) {
      if (judge.judge(record, block.integers, capacity, records).length > 0) continue
      block.rows[records] = record.row
      if (columns.length > 0) texts.push(columns.map((column) => record.cells[column] ?? ''))
      records += 1
      if (records === capacity) {
        if (at >= from) yield { ...whole(), capacity, records, at, bytesRead }
        at += records
        records = 0
        block = fresh()
        texts = []
      }
    }
  }
  if (records > 0 && at >= from) {
    // A record refused after these may have left some of its integers behind.
    for (let j = 0; j < inputs; j++) block.integers.fill(0, j * capacity + records, (j + 1) * capacity)
    yield { ...whole(), capacity, records, at, bytesRead }
  }
}
