import { type RefObject, useDeferredValue, useEffect, useRef, useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import type { Scores } from '../session/scoreFile.ts'
import { Data } from '../ui/Data.tsx'
import { Step } from '../ui/Step.tsx'
import { focusIsLost } from './focus.ts'
import { ScoreActions } from './ScoreActions.tsx'
import { ScoredRows } from './ScoredRows.tsx'
import { ScoreFacts } from './ScoreFacts.tsx'
import styles from './ScoresStep.module.css'
import { Threshold } from './Threshold.tsx'
import { useSessionState } from './useSession.ts'
import { useSummary } from './useSummary.ts'
import { useWords } from './useWords.ts'
import { YourTurn } from './YourTurn.tsx'

export function ScoresStep() {
  const scores = useSessionState((state) => state.scores)
  // Drawn in pieces after the rest of the page, which changes with a run's end as well: in one piece it would be felt.
  const drawn = useDeferredValue(scores)
  const card = useSessionState((state) => state.card)
  if (!scores || !drawn || !card) return null
  return <OpenedScores scores={drawn} card={card} />
}

/** The scores, opened: in numbers, as a histogram, in a table, and as a file to take away. */
function OpenedScores({ scores, card }: { readonly scores: Scores; readonly card: Card }) {
  const words = useWords().scores
  const sample = useSessionState((state) => state.origin === 'sample')
  const [response, setResponse] = useState(0)
  const summary = useSummary(card, scores)
  const step = useFocusOnOpening()
  const shown = summary?.responses[response]
  const { progress } = scores
  return (
    <Step
      ref={step}
      title={words.title}
      aside={card.outcome && <Data>{card.outcome}</Data>}
      progress={JSON.stringify(progress)}
    >
      <ScoreActions card={card} records={progress.total} response={response} onResponse={setResponse} />
      <ScoreFacts progress={progress} inputs={card.inputs.length} summary={shown} />
      {summary && shown && (
        <div className={styles.shapes}>
          <Threshold key={response} summary={shown} records={progress.total} />
          <ScoredRows scores={scores} scored={summary.scores} card={card} />
        </div>
      )}
      {shown && shown.notFinite > 0 && <p>{words.notFinite(shown.notFinite)}</p>}
      {sample && <YourTurn />}
    </Step>
  )
}

/** The run's buttons had the focus and are gone: on to what they led to. */
function useFocusOnOpening(): RefObject<HTMLElement | null> {
  const step = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!focusIsLost()) return
    step.current?.focus({ preventScroll: true })
    step.current?.scrollIntoView()
  }, [])
  return step
}
