import type { ReactNode } from 'react'
import type { Threshold as Decided } from '../../core/card/threshold.ts'
import { middleOf, type ResponseSummary, type ScoreSummary, type Shown } from '../session/summary.ts'
import styles from './ScoresStep.module.css'
import { ShownRows } from './ShownRows.tsx'
import { Threshold } from './Threshold.tsx'
import { useShownRows } from './useShownRows.ts'

interface ScoreShapesProps {
  readonly summary: ScoreSummary
  readonly shown: ResponseSummary
  /** The response that is looked at, among so many. */
  readonly response: number
  readonly threshold: Decided | null
  readonly onThreshold: (threshold: Decided | null) => void
  /** The table of the rows that are shown, below what chooses them. */
  readonly table: (shown: Shown, choice: ReactNode) => ReactNode
}

/** The scores as a histogram with a threshold, and as a table: what is chosen in the one is shown in the other. */
export function ScoreShapes({ summary, shown: chart, response, threshold, onThreshold, table }: ScoreShapesProps) {
  const value = threshold?.response === response ? threshold.value : middleOf(chart)
  const { shown, show, bar, chooseBar } = useShownRows(chart, value)
  const choice = <ShownRows shown={shown.rows} value={value} bar={bar !== null} onShow={show} />
  return (
    <div className={styles.shapes}>
      <Threshold
        summary={chart}
        scored={summary.scores}
        responses={summary.responses.length}
        response={response}
        threshold={threshold}
        onThreshold={onThreshold}
        bar={bar}
        onBar={chooseBar}
      />
      {table(shown, choice)}
    </div>
  )
}
