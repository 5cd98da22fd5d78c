import type { Card } from '../core/card/card.ts'
import type { Threshold } from '../core/card/threshold.ts'
import { tableText } from './exportCsv.ts'
import { scoreCells, scoreColumns } from './scoreCells.ts'
import { lineColumns, lineOf, newNames, type TableRow } from './scoredTable.ts'

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
export function exportOpened(
  card: Card,
  columns: readonly string[],
  blocks: AsyncIterable<OpenedScores>,
  threshold: Threshold | null = null,
): AsyncGenerator<string> {
  return tableText(openedTable(card, columns, blocks, threshold), format)
}

async function* openedTable(
  card: Card,
  columns: readonly string[],
  blocks: AsyncIterable<OpenedScores>,
  threshold: Threshold | null,
): AsyncGenerator<TableRow[]> {
  const line = lineOf({ card }, threshold)
  const scoresOf = scoreCells(card)
  const heads = card.heads.length
  const [record = 'record', ...added] = newNames(['record', ...lineColumns(threshold), ...scoreColumns(card)], columns)
  yield [[record, ...columns, ...added]]
  for await (const { at, records, predictors, texts } of blocks) {
    const rows: TableRow[] = []
    for (let r = 0; r < records; r++) {
      const { cells, responses } = scoresOf(Array.from(predictors.subarray(r * heads, (r + 1) * heads)))
      rows.push([at + r + 1, ...(texts[r] ?? []), ...line(responses), ...cells])
    }
    yield rows
  }
}
