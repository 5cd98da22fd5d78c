import { type ReactNode, type RefObject, useMemo, useRef, useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import { headRoles } from '../../core/card/outcome.ts'
import type { Scores } from '../session/scored.ts'
import { isShown, type Shown } from '../session/summary.ts'
import { CheckBox } from '../ui/CheckBox.tsx'
import grid from '../ui/Grid.module.css'
import { type Printing, usePrinting, usePrintOnce } from '../ui/printing.ts'
import { Scroller } from '../ui/Scroller.tsx'
import { TextField } from '../ui/TextField.tsx'
import { PrintRows } from './PrintRows.tsx'
import { ScoreRow } from './ScoreRow.tsx'
import { ScoresHeader } from './ScoresHeader.tsx'
import styles from './ScoresStep.module.css'
import type { Order } from './sortedRows.ts'
import { useFound } from './useFound.ts'
import { useOrder } from './useOrder.ts'
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
  /** Which of the rows are shown, by one of the responses. */
  readonly shown: Shown
  readonly response: number
  /** What chooses them. */
  readonly children: ReactNode
}

const noRows: readonly number[] = []
/** Rows on paper where the browser's own command prints. */
const usuallyPrinted = 100

/** The scores, of which only the rows in sight are drawn; the rest is the table's margins. */
export function ScoresTable(props: ScoresTableProps) {
  const { scores, scored, card, header, own, texts, children } = props
  const words = useWords().scoresTable
  const { rows } = scores
  const [order, setOrder] = useState<Order>({ by: 'row', down: false })
  const [search, setSearch] = useState('')
  const index = usePlaces(props, order, search)
  const count = index?.length ?? rows.length
  const scroller = useRef<HTMLDivElement>(null)
  const { inSight, above, below, cells, reasons, printing } = useDrawnRows(props, index, scroller)
  const [withPredictors, setWithPredictors] = useState(false)
  const known = useMemo(() => (scoresArePredictors(card) ? noRows : headRoles(card).outputs), [card])
  const outputs = withPredictors ? known : noRows
  return (
    <>
      <TableTools
        search={search}
        onSearch={setSearch}
        predictors={known.length > 0 ? withPredictors : null}
        onPredictors={setWithPredictors}
        count={count}
        of={rows.length}
        printing={printing}
      >
        {children}
      </TableTools>
      <Scroller ref={scroller} label={words.scroller} className={styles.table}>
        <table
          className={grid.grid}
          style={{ marginBlock: `${above}px ${below}px` }}
          aria-label={words.title}
          aria-rowcount={count + 1}
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
    </>
  )
}

/** The rows that are in sight, or on their way to paper, with what was read of the file for them. */
function useDrawnRows(
  { scores: { rows }, card, own, texts }: ScoresTableProps,
  index: Uint32Array | null,
  scroller: RefObject<HTMLElement | null>,
) {
  const count = index?.length ?? rows.length
  const printing = usePrinting(usuallyPrinted)
  const { places, above, below } = useRowsInSight(count, scroller, printing.rows)
  const inSight = places.map((place) => {
    const at = index ? (index[place] ?? 0) : place
    return { place, at, row: rows[at] ?? 0 }
  })
  const rowsInSight = inSight.map(({ row }) => row)
  const cells = useCells(texts ? noRows : rowsInSight, own)
  const reasons = useReasons(card.reasons && !texts ? rowsInSight : noRows)
  const isRead = (row: number): boolean =>
    (texts !== undefined || own.length === 0 || cells.has(row)) &&
    (!card.reasons || texts !== undefined || reasons.has(row))
  usePrintOnce(printing.asked && rowsInSight.every(isRead), 'scores')
  return { inSight, above, below, cells, reasons, printing }
}

interface TableToolsProps {
  readonly children: ReactNode
  readonly search: string
  readonly onSearch: (text: string) => void
  /** Whether they are shown; null where there are none to show. */
  readonly predictors: boolean | null
  readonly onPredictors: (shown: boolean) => void
  /** Rows that are shown, of so many. */
  readonly count: number
  readonly of: number
  readonly printing: Printing
}

/** What chooses the rows and columns, and puts them on paper. */
function TableTools(props: TableToolsProps) {
  const { children, search, onSearch, predictors, onPredictors, count, of, printing } = props
  const { scoresTable: words, shownRows } = useWords()
  return (
    <div className={styles.bar}>
      {children}
      <TextField type="search" label={shownRows.search} value={search} onChange={onSearch} />
      {predictors !== null && <CheckBox label={words.showPredictors} checked={predictors} onChange={onPredictors} />}
      <PrintRows count={count} pending={printing.rows !== null} onPrint={printing.print} />
      <output className={styles.count}>{shownRows.count(count, of)}</output>
    </div>
  )
}

/** Whether the two would be the same column twice. */
function scoresArePredictors({ link }: Card): boolean {
  return link === 'identity' || link === 'argmax'
}

/** The places of the records that are shown, in the wanted order; null where all of them stand as they are. */
function usePlaces(props: ScoresTableProps, order: Order, search: string): Uint32Array | null {
  const { scores, scored, card, texts, shown, response } = props
  const { rows } = scores
  const width = card.responses.length
  const ordered = useOrder(order, { scores, scored, card, texts })
  const found = useFound(search, rows.length, texts)
  return useMemo(() => {
    if (shown.rows === 'all' && found === null) return ordered
    const all = [...(ordered ?? rows.keys())]
    return Uint32Array.from(
      all.filter((at) => found?.[at] !== 0 && isShown(shown, scored[at * width + response] ?? Number.NaN)),
    )
  }, [ordered, found, shown, scored, rows, width, response])
}
