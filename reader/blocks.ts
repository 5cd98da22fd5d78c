import { readBytes } from './decode.ts'
import { readFileRows } from './fileRows.ts'
import { makeJudge } from './judge.ts'
import type { KeptRecords } from './keptRecords.ts'
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
  /** The cells of the columns that were asked for, record by record. */
  readonly texts?: readonly (readonly string[])[]
}

export interface BlockOptions {
  /** What the check of the file kept: that is not read again. */
  readonly kept?: KeptRecords | null | undefined
  /** Columns of the file whose cells go along as they are; the check kept none of them. */
  readonly columns?: readonly number[]
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
  { kept: offered = null, columns = [] }: BlockOptions = {},
): AsyncGenerator<Block> {
  const kept = columns.length > 0 ? null : offered
  const inputs = plan.card.inputs.length
  const fresh = () => ({ integers: new Float64Array(inputs * capacity), rows: new Uint32Array(capacity) })
  let at = 0
  let records = 0
  let block = fresh()
  let texts: string[][] = []
  const whole = () => ({ ...block, ...(columns.length > 0 && { texts }) })
  if (kept) {
    // A file that is not any more what was checked is not scored.
    await readBytes(file, 0, Math.min(1, file.size))
    for (; at + capacity <= kept.records; at += capacity) {
      if (at < from) continue
      kept.read(at, capacity, block.integers, capacity, block.rows)
      yield { ...block, capacity, records: capacity, at }
      block = fresh()
    }
    records = kept.records - at
    kept.read(at, records, block.integers, capacity, block.rows)
  }
  if (kept === null || kept.next !== null) {
    const judge = makeJudge(plan)
    for await (const batch of readFileRows(file, plan, kept?.next ?? undefined)) {
      for (const record of batch.records) {
        if (judge.judge(record, block.integers, capacity, records).length > 0) continue
        block.rows[records] = record.row
        if (columns.length > 0) texts.push(columns.map((column) => record.cells[column] ?? ''))
        records += 1
        if (records === capacity) {
          if (at >= from) yield { ...whole(), capacity, records, at }
          at += records
          records = 0
          block = fresh()
          texts = []
        }
      }
    }
  }
  if (records > 0 && at >= from) {
    // A record refused after these may have left some of its integers behind.
    for (let j = 0; j < inputs; j++) block.integers.fill(0, j * capacity + records, (j + 1) * capacity)
    yield { ...whole(), capacity, records, at }
  }
}
