import { makeEncoder } from '../../../core/encode.ts'
import { fail } from '../../../core/errors.ts'
import type { Plan } from './plan.ts'
import { readRows } from './records.ts'

/** One data row of a file, with what is wrong with it. */
export interface Record {
  /** From 1, the header and blank lines not counted. */
  readonly row: number
  readonly line: number
  readonly cells: readonly string[]
  readonly ragged: boolean
}

export interface RecordBatch {
  readonly records: readonly Record[]
  readonly bytesRead: number
}

/** A file's data rows, in batches. Throws what `readRows` throws, and `file/empty` when there is no header. */
export async function* readRecords(file: Blob, plan: Pick<Plan, 'format' | 'width'>): AsyncGenerator<RecordBatch> {
  let row = 0
  let header = true
  for await (const batch of readRows(file, plan.format)) {
    const records: Record[] = []
    for (const [i, cells] of batch.rows.entries()) {
      if (header) {
        header = false
        continue
      }
      row += 1
      records.push({ row, line: batch.lines[i] as number, cells, ragged: cells.length !== plan.width })
    }
    yield { records, bytesRead: batch.bytesRead }
  }
  if (header) fail('file/empty', 'The file holds no rows.')
}

/** The cells that the card's features take from a row. */
export function cellsOf(record: Record, plan: Plan): string[] {
  return plan.columns.map((column) => record.cells[column] ?? '')
}

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
}

/** The records that can be scored, encoded, in blocks of `capacity`. Rows with a problem are passed over. */
export async function* readBlocks(file: Blob, plan: Plan, capacity: number): AsyncGenerator<Block> {
  const encoder = makeEncoder(plan.card, plan.format)
  const inputs = plan.card.inputs.length
  const fresh = () => ({ integers: new Float64Array(inputs * capacity), rows: new Uint32Array(capacity) })
  let block = fresh()
  let records = 0
  let at = 0
  let bytesRead = 0
  for await (const batch of readRecords(file, plan)) {
    bytesRead = batch.bytesRead
    for (const record of batch.records) {
      if (record.ragged) continue
      if (encoder.encode(cellsOf(record, plan), block.integers, capacity, records).length > 0) continue
      block.rows[records] = record.row
      records += 1
      if (records === capacity) {
        yield { ...block, capacity, records, at, bytesRead }
        at += records
        records = 0
        block = fresh()
      }
    }
  }
  if (records > 0) {
    // A record refused after these may have left some of its integers behind.
    for (let j = 0; j < inputs; j++) block.integers.fill(0, j * capacity + records, (j + 1) * capacity)
    yield { ...block, capacity, records, at, bytesRead }
  }
}
