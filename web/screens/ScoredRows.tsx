import { type ReactNode, useMemo, useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import { unusedColumns } from '../../reader/matching.ts'
import type { Scores } from '../session/scored.ts'
import type { Shown } from '../session/summary.ts'
import { ColumnChoice } from './ColumnChoice.tsx'
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
  readonly shown: Shown
  readonly response: number
  /** What chooses the rows that are shown. */
  readonly children: ReactNode
}

/** The table of scores, beside columns of the person's own that the model has no use for. */
export function ScoredRows({ scores, scored, card, shown, response, children }: ScoredRowsProps) {
  const words = useWords().scores
  const header = useSessionState((state) => state.preview?.header) ?? noColumns
  const matches = useSessionState((state) => state.matches)
  const unused = useMemo(() => unusedColumns(header, matches).slice(0, mostOwn), [header, matches])
  const [own, setOwn] = useState<readonly number[]>(() => unused.slice(0, 1))
  return (
    <div className={styles.rows}>
      {unused.length > 0 && (
        <ColumnChoice legend={words.ownColumns} header={header} columns={unused} chosen={own} onChoose={setOwn} />
      )}
      <ScoresTable
        scores={scores}
        scored={scored}
        card={card}
        header={header}
        own={own}
        shown={shown}
        response={response}
      >
        {children}
      </ScoresTable>
    </div>
  )
}
