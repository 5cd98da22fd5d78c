import { makeEncoder } from '../core/card/encode.ts'
import { fail } from './faults.ts'
import type { Plan } from './plan.ts'
import { type RowStart, readRows } from './records.ts'
import { makeMender } from './repairs.ts'
import type { FileSource } from './source.ts'

/** One data row of a file, with what is wrong with it. */
export interface FileRow {
  /** From 1, the header and blank lines not counted. */
  readonly row: number
  readonly line: number
  readonly cells: readonly string[]
  readonly ragged: boolean
}

export interface FileRows {
  readonly records: readonly FileRow[]
  readonly bytesRead: number
  /** Where the row after these begins, for who wants to begin there another time. */
  readonly next: RowOffset
}

/** A row's place in a file. */
export interface RowOffset extends RowStart {
  /** The data row's number, from 1. */
  readonly row: number
}

/**
 * A file's data rows, in batches, from the first or from a place that an earlier reading told of.
 * Throws what `readRows` throws, and `file/empty` when there is no header.
 */
export async function* readFileRows(
  file: FileSource,
  plan: Pick<Plan, 'format' | 'width'>,
  from?: RowOffset,
): AsyncGenerator<FileRows> {
  let row = from ? from.row - 1 : 0
  let header = from === undefined
  for await (const batch of readRows(file, plan.format, from)) {
    const records: FileRow[] = []
    for (const [i, cells] of batch.rows.entries()) {
      if (header) {
        header = false
        continue
      }
      row += 1
      records.push({ row, line: batch.lines[i] as number, cells, ragged: cells.length !== plan.width })
    }
    yield { records, bytesRead: batch.bytesRead, next: { ...batch.next, row: row + 1 } }
  }
  if (header) fail('file/empty', 'noRows')
}

/** What reads a row's cells for the card's features, repaired as the plan says. */
export function cellReader(plan: Plan): { cellsOf: (record: FileRow) => string[]; changed: Uint32Array } {
  const { mend, changed } = makeMender(plan.repairs, plan.format, plan.card)
  return { cellsOf: (record) => mend(plan.columns.map((column) => record.cells[column] ?? '')), changed }
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

/**
 * The records that can be scored, encoded, in blocks of `capacity`. Rows with a problem are passed over. `from` leaves
 * out the blocks before that record: an earlier pass has had them.
 */
export async function* readBlocks(file: FileSource, plan: Plan, capacity: number, from = 0): AsyncGenerator<Block> {
  const encoder = makeEncoder(plan.card, plan.format)
  const { cellsOf } = cellReader(plan)
  const inputs = plan.card.inputs.length
  const fresh = () => ({ integers: new Float64Array(inputs * capacity), rows: new Uint32Array(capacity) })
  let block = fresh()
  let records = 0
  let at = 0
  let bytesRead = 0
  for await (const batch of readFileRows(file, plan)) {
    bytesRead = batch.bytesRead
    for (const record of batch.records) {
      if (record.ragged) continue
      if (encoder.encode(cellsOf(record), block.integers, capacity, records).length > 0) continue
      block.rows[records] = record.row
      records += 1
      if (records === capacity) {
        if (at >= from) yield { ...block, capacity, records, at, bytesRead }
        at += records
        records = 0
        block = fresh()
      }
    }
  }
  if (records > 0 && at >= from) {
    // A record refused after these may have left some of its integers behind.
    for (let j = 0; j < inputs; j++) block.integers.fill(0, j * capacity + records, (j + 1) * capacity)
    yield { ...block, capacity, records, at, bytesRead }
  }
}
