import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useMemo, useRef, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import type { Card } from '../../core/card/card.ts'
import { headRoles, labelOf } from '../../core/card/outcome.ts'
import type { Scores } from '../session/scoreFile.ts'
import grid from '../ui/Grid.module.css'
import { integer, score } from '../ui/numbers.ts'
import { Scroller } from '../ui/Scroller.tsx'
import styles from './ScoresStep.module.css'
import { type Order, sortedRows } from './sortedRows.ts'
import { useCells, useReasons } from './useRows.ts'

interface ScoresTableProps {
  readonly scores: Scores
  /** records × responses scores. */
  readonly scored: Float64Array
  readonly card: Card
  readonly header: readonly string[]
  /** Columns of the person's own that stand before the scores. */
  readonly own: readonly number[]
}

const noRows: readonly number[] = []

/** The style sheet's row height. */
const rowHeight = 28

/** Every score, of which only the rows in sight are drawn; the rest is the table's margins. */
export function ScoresTable(props: ScoresTableProps) {
  const { scores, scored, card, header: names, own } = props
  const { rows } = scores
  const width = card.responses.length
  const [order, setOrder] = useState<Order>({ by: 'row', down: false })
  const index = useMemo(() => sortedRows(order, scored, rows.length, width), [order, scored, rows, width])
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  const items = virtual.getVirtualItems()
  const place = (at: number): number => (index ? (index[at] ?? 0) : at)
  const inSight = items.map((item) => rows[place(item.index)] ?? 0)
  const cells = useCells(inSight, own)
  const reasons = useReasons(card.reasons ? inSight : noRows)
  const outputs = useMemo(() => (scoresArePredictors(card) ? [] : headRoles(card).outputs), [card])
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)

  const header = (by: Order['by'], text: string) => (
    <th
      scope="col"
      className={grid.number}
      aria-sort={order.by !== by ? 'none' : order.down ? 'descending' : 'ascending'}
    >
      <Button
        className={styles.sort ?? ''}
        onPress={() => setOrder({ by, down: order.by === by ? !order.down : by !== 'row' })}
      >
        <span aria-hidden="true">{order.by !== by ? '' : order.down ? '↓' : '↑'}</span>
        {text}
      </Button>
    </th>
  )
  const of = (text: string, names: readonly string[], i: number): string =>
    names.length === 1 ? text : `${text}: ${names[i] ?? ''}`
  const heads = outputs.map((h) => card.heads[h]?.name ?? '')
  return (
    <Scroller ref={scroller} label="Scored rows" className={styles.table}>
      <table
        className={grid.grid}
        style={{ marginBlock: `${above}px ${below}px` }}
        aria-label="Scores"
        aria-rowcount={rows.length + 1}
      >
        <thead>
          <tr aria-rowindex={1}>
            {header('row', 'Row')}
            {own.map((column) => (
              <th key={column} scope="col">
                {names[column]}
              </th>
            ))}
            {card.label && <th scope="col">Label</th>}
            {card.responses.map((_, r) => header(r, of('Score', card.responses, r)))}
            {card.reasons && <th scope="col">Reasons</th>}
            {heads.map((name, h) => (
              <th key={name} scope="col" className={grid.number}>
                {of('Linear predictor', heads, h)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(({ index: at }) => (
            <Row
              key={at}
              place={at}
              at={place(at)}
              cells={cells.get(rows[place(at)] ?? 0)}
              reasons={reasons.get(rows[place(at)] ?? 0)}
              outputs={outputs}
              {...props}
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

interface RowProps extends ScoresTableProps {
  /** The row's place in the table, and its record's in the file. */
  readonly place: number
  readonly at: number
  readonly cells: readonly string[] | undefined
  readonly reasons: readonly string[] | undefined
  /** The heads whose predictors are shown, among all of the card's. */
  readonly outputs: readonly number[]
}

/** Drawn once for as long as it is in sight, however the table scrolls. */
const Row = memo(function Row({ place, at, scores, scored, card, own, cells, reasons, outputs }: RowProps) {
  const { predictors, rows } = scores
  const { heads, responses } = card
  const given = scored.subarray(at * responses.length, (at + 1) * responses.length)
  return (
    <tr aria-rowindex={place + 2}>
      <td className={grid.number}>{integer(rows[at] ?? 0)}</td>
      {own.map((column, i) => (
        <td key={column} className={grid.readable}>
          {cells?.[i] ?? '…'}
        </td>
      ))}
      {card.label && <td className={grid.readable}>{labelOf(card, Array.from(given))}</td>}
      {responses.map((name, r) => (
        <td key={name} className={`${grid.number} ${grid.readable}`}>
          {score(given[r] ?? Number.NaN)}
        </td>
      ))}
      {card.reasons && <td className={grid.readable}>{reasons?.join(', ') ?? '…'}</td>}
      {outputs.map((h) => (
        <td key={h} className={grid.number}>
          {score(predictors[at * heads.length + h] ?? Number.NaN)}
        </td>
      ))}
    </tr>
  )
})
