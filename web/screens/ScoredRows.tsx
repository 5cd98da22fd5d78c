import { useMemo, useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import { unusedColumns } from '../../reader/matching.ts'
import type { Scores } from '../session/scoreFile.ts'
import { ColumnName } from './ColumnName.tsx'
import styles from './ScoresStep.module.css'
import { ScoresTable } from './ScoresTable.tsx'
import { useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** So many own columns can be chosen from. */
const mostOwn = 12
const noColumns: readonly string[] = []

interface ScoredRowsProps {
  readonly scores: Scores
  /** records × responses scores. */
  readonly scored: Float64Array
  readonly card: Card
}

/** The table of scores, beside columns of the person's own that the model has no use for. */
export function ScoredRows({ scores, scored, card }: ScoredRowsProps) {
  const header = useSessionState((state) => state.preview?.header) ?? noColumns
  const matches = useSessionState((state) => state.matches)
  const unused = useMemo(() => unusedColumns(header, matches).slice(0, mostOwn), [header, matches])
  const [own, setOwn] = useState<readonly number[]>(() => unused.slice(0, 1))
  return (
    <div className={styles.rows}>
      {unused.length > 0 && <OwnColumns header={header} columns={unused} chosen={own} onChoose={setOwn} />}
      <ScoresTable scores={scores} scored={scored} card={card} header={header} own={own} />
    </div>
  )
}

interface OwnColumnsProps {
  readonly header: readonly string[]
  readonly columns: readonly number[]
  readonly chosen: readonly number[]
  readonly onChoose: (columns: readonly number[]) => void
}

function OwnColumns({ header, columns, chosen, onChoose }: OwnColumnsProps) {
  const words = useWords().scores
  const choose = (column: number, checked: boolean): void =>
    onChoose(columns.filter((each) => (each === column ? checked : chosen.includes(each))))
  return (
    <fieldset className={styles.own}>
      <legend>{words.ownColumns}</legend>
      {columns.map((column) => (
        <label key={column}>
          <input
            type="checkbox"
            checked={chosen.includes(column)}
            onChange={({ currentTarget }) => choose(column, currentTarget.checked)}
          />
          <ColumnName header={header} column={column} />
        </label>
      ))}
    </fieldset>
  )
}
