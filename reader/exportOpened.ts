import type { Card } from '../core/card/card.ts'
import { csvCell, csvNumber } from './csvCell.ts'
import { newNames } from './exportCsv.ts'
import { scoreCells, scoreColumns } from './scoreCells.ts'

/** Scores that came back in a file, opened. */
export interface OpenedScores {
  /** The first record's number in the file, from 0. */
  readonly at: number
  readonly records: number
  /** records × heads. */
  readonly predictors: Float64Array
  /** The sealed columns' texts, record by record; none where no column was sealed. */
  readonly texts: readonly (readonly string[])[]
}

const format = { delimiter: ',', decimalMark: '.' } as const

/**
 * The opened scores of a sealed file, as CSV: each record's number among those that were sealed, from 1, its sealed columns, and the
 * columns that scoring adds. Codes of reasons follow from a record's own cells, which are not here.
 */
export async function* exportOpened(
  card: Card,
  columns: readonly string[],
  blocks: AsyncIterable<OpenedScores>,
): AsyncGenerator<string> {
  const cellsOf = scoreCells(card)
  const heads = card.heads.length
  const [record = 'record', ...scores] = newNames(['record', ...scoreColumns(card)], columns)
  const line = (cells: readonly string[]) => `${cells.join(format.delimiter)}\r\n`
  yield line([record, ...columns, ...scores].map((name) => csvCell(name, format)))
  for await (const { at, records, predictors, texts } of blocks) {
    let text = ''
    for (let r = 0; r < records; r++) {
      const given = cellsOf(Array.from(predictors.subarray(r * heads, (r + 1) * heads)))
      const own = (texts[r] ?? []).map((cell) => csvCell(cell, format))
      const added = given.map((value) =>
        typeof value === 'number' ? csvNumber(value, format) : csvCell(value, format),
      )
      text += line([String(at + r + 1), ...own, ...added])
    }
    yield text
  }
}
