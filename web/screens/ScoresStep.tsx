import { useEffect, useRef, useState } from 'react'
import type { Card } from '../../core/card.ts'
import type { Scores } from '../journey/scoreFile.ts'
import { type ScoreSummary, summarise } from '../journey/summary.ts'
import { Button } from '../ui/Button.tsx'
import { Facts } from '../ui/Facts.tsx'
import { Histogram } from '../ui/Histogram.tsx'
import { brief, counted, integer, seconds } from '../ui/numbers.ts'
import { Select } from '../ui/Select.tsx'
import { Step } from '../ui/Step.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { focusIsLost } from './focus.ts'
import { Problem } from './Problem.tsx'
import styles from './ScoresStep.module.css'
import { ScoresTable } from './ScoresTable.tsx'
import { useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'

export function ScoresStep() {
  const scores = useSessionState((state) => state.scores)
  const card = useSessionState((state) => state.card)
  if (!scores || !card) return null
  return <OpenedScores scores={scores} card={card} />
}

/** The scores, opened: in figures, as a histogram, in a table, and as a file to take away. */
function OpenedScores({ scores, card }: { readonly scores: Scores; readonly card: Card }) {
  const session = useSession()
  const name = useSessionState((state) => state.file?.name ?? '')
  const [response, setResponse] = useState(0)
  const [summary, setSummary] = useState<ScoreSummary | null>(null)
  const step = useRef<HTMLElement>(null)
  const saving = useTask(async () => saveFile(await session.scoresFile(), siblingName(name, 'scores.csv')))

  useEffect(() => {
    const stop = new AbortController()
    summarise(card, scores.predictors, stop.signal).then(setSummary, () => {})
    return () => stop.abort()
  }, [card, scores])

  // The run's buttons had the focus and are gone: on to what they led to.
  useEffect(() => {
    if (!focusIsLost()) return
    step.current?.focus({ preventScroll: true })
    step.current?.scrollIntoView()
  }, [])

  const { progress } = scores
  const shown = summary?.responses[response]
  const values = progress.total * card.inputs.length
  return (
    <Step ref={step} title="Scores" aside={card.outcome} figures={JSON.stringify(progress)}>
      <div className={styles.bar}>
        <Button primary onPress={saving.run} pending={saving.pending}>
          Download CSV
        </Button>
        {card.responses.length > 1 && (
          <Select
            label="Histogram of"
            value={String(response)}
            options={card.responses.map((name, i) => ({ value: String(i), text: name }))}
            onChange={(value) => setResponse(Number(value))}
          />
        )}
      </div>
      {saving.error !== null && <Problem error={saving.error} />}
      <Facts
        large
        facts={[
          { name: 'Records', value: integer(progress.total) },
          { name: 'Mean score', value: shown ? brief(shown.mean) : '…' },
          { name: 'Lowest', value: shown ? brief(shown.min) : '…' },
          { name: 'Highest', value: shown ? brief(shown.max) : '…' },
          { name: 'Time', value: seconds(progress.elapsed) },
          { name: 'Bytes up per value', value: brief(progress.bytesUp / values) },
        ]}
      />
      {shown && summary && (
        <div className={styles.shapes}>
          <Histogram label="Histogram of scores" counts={shown.counts} from={shown.from} to={shown.to} axis="Score" />
          <ScoresTable scores={scores} scored={summary.scores} card={card} />
        </div>
      )}
      {shown && shown.notFinite > 0 && (
        <p>{counted(shown.notFinite, 'score')} beyond the range of numbers: counted in no bar and no figure.</p>
      )}
    </Step>
  )
}
