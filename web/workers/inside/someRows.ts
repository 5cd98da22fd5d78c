import type { Place } from './blocks.ts'
import { readRecords } from './blocks.ts'
import type { Plan } from './plan.ts'

/**
 * The cells of a few rows, read again from the file: `rows` (data rows from 1, in any order) and `columns` of it.
 * `places` are those of the check; from each only as much is read as the wanted rows need, so that memory stays
 * bounded whatever the file's length.
 */
export async function someRows(
  file: Blob,
  plan: Pick<Plan, 'format' | 'width'>,
  places: readonly Place[],
  rows: readonly number[],
  columns: readonly number[],
): Promise<string[][]> {
  const found = new Map<number, string[]>()
  const wanted = [...new Set(rows)].sort((a, b) => a - b)
  let at = 0
  while (at < wanted.length) {
    const first = wanted[at] as number
    const place = placeBefore(places, first)
    const end = placeAfter(places, first)
    // What stands in the same stretch of the file is read in one go.
    let last = at
    while (last + 1 < wanted.length && (wanted[last + 1] as number) < end) last += 1
    const lastRow = wanted[last] as number
    reading: for await (const { records } of readRecords(file, plan, place)) {
      for (const { row, cells } of records) {
        if (row === wanted[at]) {
          found.set(
            row,
            columns.map((column) => cells[column] ?? ''),
          )
          at += 1
        }
        if (row >= lastRow) break reading
      }
    }
    at = Math.max(at, last + 1)
  }
  return rows.map((row) => found.get(row) ?? columns.map(() => ''))
}

function placeBefore(places: readonly Place[], row: number): Place | undefined {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] as Place).row <= row) low = middle + 1
    else high = middle
  }
  return places[low - 1]
}

function placeAfter(places: readonly Place[], row: number): number {
  return places.find((place) => place.row > row)?.row ?? Number.POSITIVE_INFINITY
}
