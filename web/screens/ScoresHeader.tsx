import type { Card } from '../../core/card/card.ts'
import grid from '../ui/Grid.module.css'
import styles from './ScoresStep.module.css'
import type { Order } from './sortedRows.ts'
import { useWords } from './useWords.ts'

interface ScoresHeaderProps {
  readonly card: Card
  readonly header: readonly string[]
  /** Columns of the person's own, by their places in the header. */
  readonly own: readonly number[]
  /** The heads whose predictors are shown, among all of the card's. */
  readonly outputs: readonly number[]
  readonly order: Order
  readonly onOrder: (order: Order) => void
}

/** The names of the columns. Those of rows and scores sort the table. */
export function ScoresHeader({ card, header, own, outputs, order, onOrder }: ScoresHeaderProps) {
  const words = useWords().scoresTable
  const scoreName = (response: string): string => (card.responses.length === 1 ? words.score : words.scoreOf(response))
  const heads = outputs.map((h) => card.heads[h]?.name ?? '')
  return (
    <tr aria-rowindex={1}>
      <SortHeader by="row" text={words.row} order={order} onOrder={onOrder} />
      {own.map((column) => (
        <th key={column} scope="col" translate="no">
          {header[column]}
        </th>
      ))}
      {card.label && <th scope="col">{words.label}</th>}
      {card.responses.map((response, r) => (
        <SortHeader key={response} by={r} text={scoreName(response)} order={order} onOrder={onOrder} />
      ))}
      {card.reasons && <th scope="col">{words.reasons}</th>}
      {heads.map((name) => (
        <th key={name} scope="col" className={grid.number}>
          {heads.length === 1 ? words.predictor : words.predictorOf(name)}
        </th>
      ))}
    </tr>
  )
}

interface SortHeaderProps {
  readonly by: Order['by']
  readonly text: string
  readonly order: Order
  readonly onOrder: (order: Order) => void
}

/** Sorts by its column, at the next press the other way round. Scores are sorted downwards first. */
function SortHeader({ by, text, order, onOrder }: SortHeaderProps) {
  const here = order.by === by
  return (
    <th scope="col" className={grid.number} aria-sort={!here ? 'none' : order.down ? 'descending' : 'ascending'}>
      <button
        type="button"
        className={styles.sort}
        onClick={() => onOrder({ by, down: here ? !order.down : by !== 'row' })}
      >
        <span aria-hidden="true">{!here ? '' : order.down ? '↓' : '↑'}</span>
        <span>{text}</span>
      </button>
    </th>
  )
}
