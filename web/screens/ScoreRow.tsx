import { memo } from 'react'
import type { Card } from '../../core/card/card.ts'
import { labelOf } from '../../core/card/outcome.ts'
import type { Scores } from '../session/scoreFile.ts'
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
  const { heads, responses } = card
  const given = scored.subarray(at * responses.length, (at + 1) * responses.length)
  return (
    <tr aria-rowindex={place + 2} translate="no">
      <td className={grid.number}>{numbers.integer(rows[at] ?? 0)}</td>
      {own.map((column, i) => (
        <td key={column} className={grid.readable}>
          {cells?.[i] ?? words.unknown}
        </td>
      ))}
      {card.label && <td className={grid.readable}>{labelOf(card, Array.from(given))}</td>}
      {responses.map((name, r) => (
        <td key={name} className={`${grid.number} ${grid.readable}`}>
          {numbers.score(given[r] ?? Number.NaN)}
        </td>
      ))}
      {card.reasons && <td className={grid.readable}>{reasons?.join(', ') ?? words.unknown}</td>}
      {outputs.map((h) => (
        <td key={h} className={grid.number}>
          {numbers.score(predictors[at * heads.length + h] ?? Number.NaN)}
        </td>
      ))}
    </tr>
  )
})
