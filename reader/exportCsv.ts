import type { Threshold } from '../core/card/threshold.ts'
import { csvCell, csvNumber } from './csvCell.ts'
import type { FileFormat } from './format.ts'
import type { Plan } from './plan.ts'
import {
  leftOutTable,
  type ReasonText,
  type ScoredExtras,
  scoredTable,
  scoresAloneTable,
  type TableRow,
} from './scoredTable.ts'
import type { FileSource } from './source.ts'

/**
 * Tables as text: written as the dropped file was (delimiter, quotation marks, decimal mark), in UTF-8, with CR LF (RFC 4180).
 * Where that was in another encoding, a byte-order mark says so: the spreadsheet that wrote it would read ours in its own.
 * Yields the text in pieces, so that it is never whole in memory.
 */

const pieceCharacters = 1024 * 1024

/** How a file is written, where it is not as the dropped one was. */
export type OutputFormat = Pick<FileFormat, 'delimiter'>

type TextFormat = Pick<FileFormat, 'delimiter' | 'decimalMark' | 'quoting' | 'byteOrderMark'> &
  Partial<Pick<FileFormat, 'encoding'>>

/** {@link scoredTable} as text. */
export function exportScores(
  file: FileSource,
  plan: Plan,
  header: readonly string[],
  predictors: Float64Array,
  extras: ScoredExtras = {},
  as?: OutputFormat,
): AsyncGenerator<string> {
  return tableText(scoredTable(file, plan, header, predictors, extras), { ...plan.format, ...as })
}

/** {@link scoresAloneTable} as text. */
export function exportScoresAlone(
  plan: Pick<Plan, 'card' | 'format'>,
  rows: Uint32Array,
  predictors: Float64Array,
  threshold: Threshold | null = null,
): AsyncGenerator<string> {
  return tableText(scoresAloneTable(plan, rows, predictors, threshold), plan.format)
}

/** {@link leftOutTable} as text. */
export function exportLeftOut(
  file: FileSource,
  plan: Plan,
  header: readonly string[],
  reasonText: ReasonText,
): AsyncGenerator<string> {
  return tableText(leftOutTable(file, plan, header, reasonText), plan.format)
}

/** The one writer of text. */
export async function* tableText(
  table: AsyncIterable<readonly TableRow[]> | Iterable<readonly TableRow[]>,
  as: TextFormat,
): AsyncGenerator<string> {
  // Blanks that delimit are of no use between cells that may be empty.
  const format = { ...as, delimiter: as.delimiter === ' ' ? (',' as const) : as.delimiter }
  let text = as.byteOrderMark || (as.encoding ?? 'utf-8') !== 'utf-8' ? '\ufeff' : ''
  for await (const rows of table) {
    for (const row of rows) {
      const cells = row.map((cell) => (typeof cell === 'number' ? csvNumber(cell, format) : csvCell(cell, format)))
      text += `${cells.join(format.delimiter)}\r\n`
    }
    if (text.length > pieceCharacters) {
      yield text
      text = ''
    }
  }
  yield text
}

/** Pieces of a file, which the browser may keep outside memory. */
export async function blobOf(
  pieces: AsyncIterable<string | Uint8Array<ArrayBuffer>> | Iterable<string>,
  type = 'text/csv;charset=utf-8',
): Promise<Blob> {
  const parts: Blob[] = []
  for await (const piece of pieces) parts.push(new Blob([piece]))
  return new Blob(parts, { type })
}
