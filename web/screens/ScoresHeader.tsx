import type { Card } from '../../core/card/card.ts'
import grid from '../ui/Grid.module.css'
import styles from './ScoresStep.module.css'
import { type Order, type SortKey, sameKey } from './sortedRows.ts'
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

/** The names of the columns, each of which sorts the table. */
export function ScoresHeader({ card, header, own, outputs, order, onOrder }: ScoresHeaderProps) {
  const words = useWords().scoresTable
  const scoreName = (response: string): string => (card.responses.length === 1 ? words.score : words.scoreOf(response))
  const heads = outputs.map((h) => card.heads[h]?.name ?? '')
  const sorts = { order, onOrder }
  return (
    <tr aria-rowindex={1}>
      <SortHeader by="row" text={words.row} isNumber {...sorts} />
      {own.map((column) => (
        <SortHeader key={column} by={{ column }} text={header[column] ?? ''} isData {...sorts} />
      ))}
      {card.label && <SortHeader by="label" text={words.label} {...sorts} />}
      {card.responses.map((response, r) => (
        <SortHeader key={response} by={{ score: r }} text={scoreName(response)} isNumber downFirst {...sorts} />
      ))}
      {card.reasons && <SortHeader by="reasons" text={words.reasons} {...sorts} />}
      {heads.map((name, i) => (
        <SortHeader
          key={name}
          by={{ head: outputs[i] ?? 0 }}
          text={heads.length === 1 ? words.predictor : words.predictorOf(name)}
          isNumber
          downFirst
          {...sorts}
        />
      ))}
    </tr>
  )
}

interface SortHeaderProps {
  readonly by: SortKey
  readonly text: string
  /** Its cells are numbers, on the right. */
  readonly isNumber?: boolean
  /** The text is no language's. */
  readonly isData?: boolean
  /** The first press has the largest at the top. */
  readonly downFirst?: boolean
  readonly order: Order
  readonly onOrder: (order: Order) => void
}

/** A header of which every place sorts by its column, at the next press the other way round. */
function SortHeader({
  by,
  text,
  isNumber = false,
  isData = false,
  downFirst = false,
  order,
  onOrder,
}: SortHeaderProps) {
  const here = sameKey(order.by, by)
  return (
    <th
      scope="col"
      className={`${styles.sorts} ${isNumber ? grid.number : ''}`}
      aria-sort={!here ? 'none' : order.down ? 'descending' : 'ascending'}
    >
      <button
        type="button"
        className={styles.sort}
        translate={isData ? 'no' : undefined}
        onClick={() => onOrder({ by, down: here ? !order.down : downFirst })}
      >
        <span aria-hidden="true" className={styles.arrow}>
          {!here ? '' : order.down ? '↓' : '↑'}
        </span>
        <span>{text}</span>
      </button>
    </th>
  )
}
