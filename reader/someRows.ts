import { reasonFinder } from '../core/card/reasons.ts'
import { fail } from './faults.ts'
import { type FileRow, type RowOffset, readFileRows } from './fileRows.ts'
import { makeJudge } from './judge.ts'
import type { Plan } from './plan.ts'
import type { FileSource } from './source.ts'

type Layout = Pick<Plan, 'format' | 'width'>

/**
 * The cells of a few rows, read again from the file: `rows` (data rows from 1, in any order) and `columns` of it.
 * A row that is no longer there has empty cells.
 */
export async function someRows(
  file: FileSource,
  plan: Layout,
  offsets: readonly RowOffset[],
  rows: readonly number[],
  columns: readonly number[],
): Promise<string[][]> {
  const found = new Map<number, string[]>()
  for await (const { row, cells } of recordsAt(file, plan, offsets, rows)) {
    found.set(
      row,
      columns.map((column) => cells[column] ?? ''),
    )
  }
  return rows.map((row) => found.get(row) ?? columns.map(() => ''))
}

/**
 * The reason codes of a few scored rows, the weightiest first. `predictors` holds heads values for each of `rows`.
 * Throws `file/unreadable` when a row is not what was scored.
 */
export async function someReasons(
  file: FileSource,
  plan: Plan,
  offsets: readonly RowOffset[],
  rows: readonly number[],
  predictors: Float64Array,
): Promise<string[][]> {
  const { card } = plan
  const { judge, encoder } = makeJudge(plan)
  const scratch = new Float64Array(card.inputs.length)
  const reasonsOf = reasonFinder(card)
  const heads = card.heads.length
  const at = new Map(rows.map((row, i) => [row, i]))
  const found = new Map<number, string[]>()
  for await (const record of recordsAt(file, plan, offsets, rows)) {
    if (judge(record, scratch, 1, 0).length > 0) continue
    const i = at.get(record.row) as number
    found.set(record.row, reasonsOf(Array.from(predictors.subarray(i * heads, (i + 1) * heads)), encoder.values))
  }
  return rows.map((row) => found.get(row) ?? fail('file/unreadable', 'changedSinceScored', {}, { row }))
}

/**
 * The records of these rows, in the file's order. `offsets` are those of the check; from each only as much is read as the
 * wanted rows need, so that memory stays bounded whatever the file's length.
 */
async function* recordsAt(
  file: FileSource,
  plan: Layout,
  offsets: readonly RowOffset[],
  rows: readonly number[],
): AsyncGenerator<FileRow> {
  const wanted = [...new Set(rows)].sort((a, b) => a - b)
  let at = 0
  while (at < wanted.length) {
    const first = wanted[at] as number
    const offset = offsetBefore(offsets, first)
    const end = offsetAfter(offsets, first)
    // What stands between the same two offsets of the file is read in one go.
    let last = at
    while (last + 1 < wanted.length && (wanted[last + 1] as number) < end) last += 1
    const lastRow = wanted[last] as number
    reading: for await (const { records } of readFileRows(file, plan, offset)) {
      for (const record of records) {
        if (record.row === wanted[at]) {
          yield record
          at += 1
        }
        if (record.row >= lastRow) break reading
      }
    }
    at = Math.max(at, last + 1)
  }
}

function offsetBefore(offsets: readonly RowOffset[], row: number): RowOffset | undefined {
  let [low, high] = [0, offsets.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((offsets[middle] as RowOffset).row <= row) low = middle + 1
    else high = middle
  }
  return offsets[low - 1]
}

function offsetAfter(offsets: readonly RowOffset[], row: number): number {
  return offsets.find((offset) => offset.row > row)?.row ?? Number.POSITIVE_INFINITY
}
