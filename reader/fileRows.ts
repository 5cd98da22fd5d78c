import { fail } from './faults.ts'
import { fitted, isSeparatorLine } from './layout.ts'
import { watchTables } from './otherTables.ts'
import type { Plan } from './plan.ts'
import { type RowStart, readRows } from './records.ts'
import type { FileSource } from './source.ts'

/** One data row of a file, with what is wrong with it. */
export interface FileRow {
  /** From 1, the header and rows without any cell not counted. */
  readonly row: number
  readonly line: number
  readonly cells: readonly string[]
  readonly ragged: boolean
  /** It stands in another table of the file, under a header of its own. */
  readonly other: boolean
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
  /** It stands in another table of the file. */
  readonly other?: boolean
}

/**
 * A file's data rows, in batches, from the first or from a place that an earlier reading told of.
 * Throws what `readRows` throws, and `file/empty` when there is no header.
 */
export async function* readFileRows(
  file: FileSource,
  plan: Pick<Plan, 'format' | 'width'> & Partial<Plan>,
  from?: RowOffset,
): AsyncGenerator<FileRows> {
  const { format, width } = plan
  const tables = watchTables(plan, from?.other ?? false)
  let row = from ? from.row - 1 : 0
  let end = from?.line ?? 1
  let header = from === undefined && format.header !== 0
  let empty = from === undefined
  for await (const batch of readRows(file, format, from)) {
    const records: FileRow[] = []
    for (let i = 0; i < batch.rows.length; i++) {
      const found = batch.rows[i] as string[]
      const line = batch.lines[i] as number
      const afterBlank = line > end
      end = lineAfter(found, line)
      empty = false
      if (header) {
        // What stands above the header is passed over.
        if (format.header === undefined || line >= format.header) header = false
        continue
      }
      if (line === 1 && isSeparatorLine(found)) continue
      const cells = fitted(found, width)
      row += 1
      records.push({ row, line, cells, ragged: cells.length !== width, other: tables.isOther(cells, afterBlank) })
    }
    yield {
      records,
      bytesRead: batch.bytesRead,
      next: { ...batch.next, row: row + 1, ...(tables.within && { other: true }) },
    }
  }
  if (empty) fail('file/empty', 'noRows')
}

/** The line after a row, whose cells may have some of their own. */
function lineAfter(cells: readonly string[], line: number): number {
  let after = line + 1
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) after += 1
  }
  return after
}
