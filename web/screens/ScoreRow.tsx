import { memo } from 'react'
import type { Card } from '../../core/card/card.ts'
import { labelOf, responses } from '../../core/card/outcome.ts'
import type { Scores } from '../session/scored.ts'
import grid from '../ui/Grid.module.css'
import { useWords } from './useWords.ts'

interface ScoreRowProps {
  /** The row's place in the table, and its record's in the file. */
  readonly place: number
  readonly at: number
  /** The cells of the person's own columns; absent until they are read. */
  readonly own: readonly number[]
  readonly cells: readonly string[] | undefined
  readonly reasons: readonly string[] | undefined
  /** The heads whose predictors are shown, among all of the card's. */
  readonly outputs: readonly number[]
  readonly scores: Pick<Scores, 'predictors' | 'rows'>
  /** records × responses scores. */
  readonly scored: Float64Array
  readonly card: Card
}

/** One scored record. Drawn once for as long as it is in sight, however the table scrolls. */
export const ScoreRow = memo(function ScoreRow(props: ScoreRowProps) {
  const { place, at, own, cells, reasons, outputs, scores, scored, card } = props
  const { numbers, scores: words } = useWords()
  const { predictors, rows } = scores
  const heads = card.heads.length
  const width = card.responses.length
  const given = scored.subarray(at * width, (at + 1) * width)
  // What is decided by all digits stays so.
  const etas = Array.from(predictors.subarray(at * heads, (at + 1) * heads))
  return (
    <tr aria-rowindex={place + 2} translate="no">
      <td className={grid.number}>{numbers.integer(rows[at] ?? 0)}</td>
      {own.map((column, i) => (
        <td key={column} className={grid.readable}>
          {cells?.[i] ?? words.unknown}
        </td>
      ))}
      {card.label && <td className={grid.readable}>{labelOf(card, responses(card, etas))}</td>}
      {card.responses.map((name, r) => (
        <td key={name} className={`${grid.number} ${grid.readable}`}>
          {numbers.score(given[r] ?? Number.NaN)}
        </td>
      ))}
      {card.reasons && <td className={grid.readable}>{reasons?.join(', ') ?? words.unknown}</td>}
      {outputs.map((h) => (
        <td key={h} className={grid.number}>
          {numbers.score(etas[h] ?? Number.NaN)}
        </td>
      ))}
    </tr>
  )
})
