import { useMemo, useRef, useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import { headRoles } from '../../core/card/outcome.ts'
import type { Scores } from '../session/scoreFile.ts'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import { ScoreRow } from './ScoreRow.tsx'
import { ScoresHeader } from './ScoresHeader.tsx'
import styles from './ScoresStep.module.css'
import { type Order, sortedRows } from './sortedRows.ts'
import { useCells, useReasons } from './useRows.ts'
import { useRowsInSight } from './useRowsInSight.ts'
import { useWords } from './useWords.ts'

interface ScoresTableProps {
  readonly scores: Pick<Scores, 'predictors' | 'rows'>
  /** records × responses scores. */
  readonly scored: Float64Array
  readonly card: Card
  readonly header: readonly string[]
  /** Columns of the person's own that stand before the scores. */
  readonly own: readonly number[]
  /** Those columns' cells by record, where they are not the file's that is open. */
  readonly texts?: readonly (readonly string[])[]
}

const noRows: readonly number[] = []

/** Every score, of which only the rows in sight are drawn; the rest is the table's margins. */
export function ScoresTable({ scores, scored, card, header, own, texts }: ScoresTableProps) {
  const words = useWords().scoresTable
  const { rows } = scores
  const width = card.responses.length
  const [order, setOrder] = useState<Order>({ by: 'row', down: false })
  const index = useMemo(() => sortedRows(order, scored, rows.length, width), [order, scored, rows, width])
  const scroller = useRef<HTMLDivElement>(null)
  const { places, above, below } = useRowsInSight(rows.length, scroller)
  const inSight = places.map((place) => {
    const at = index ? (index[place] ?? 0) : place
    return { place, at, row: rows[at] ?? 0 }
  })
  const rowsInSight = inSight.map(({ row }) => row)
  const cells = useCells(texts ? noRows : rowsInSight, own)
  const reasons = useReasons(card.reasons && !texts ? rowsInSight : noRows)
  const outputs = useMemo(() => (scoresArePredictors(card) ? [] : headRoles(card).outputs), [card])
  return (
    <Scroller ref={scroller} label={words.scroller} className={styles.table}>
      <table
        className={grid.grid}
        style={{ marginBlock: `${above}px ${below}px` }}
        aria-label={words.title}
        aria-rowcount={rows.length + 1}
      >
        <thead>
          <ScoresHeader card={card} header={header} own={own} outputs={outputs} order={order} onOrder={setOrder} />
        </thead>
        <tbody>
          {inSight.map(({ place, at, row }) => (
            <ScoreRow
              key={place}
              place={place}
              at={at}
              cells={texts ? texts[at] : cells.get(row)}
              reasons={reasons.get(row)}
              outputs={outputs}
              scores={scores}
              scored={scored}
              card={card}
              own={own}
            />
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

/** Whether the two would be the same column twice. */
function scoresArePredictors({ link }: Card): boolean {
  return link === 'identity' || link === 'argmax'
}
