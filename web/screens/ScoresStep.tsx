import { type RefObject, Suspense, useDeferredValue, useEffect, useRef, useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import type { Scores } from '../session/scored.ts'
import { Data } from '../ui/Data.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { Step } from '../ui/Step.tsx'
import { focusIsFree } from './focus.ts'
import { later } from './later.tsx'
import { ScoreActions } from './ScoreActions.tsx'
import { ScoredRows } from './ScoredRows.tsx'
import { RunFacts, ScoreFacts } from './ScoreFacts.tsx'
import { ScoreShapes } from './ScoreShapes.tsx'
import { useSession, useSessionState } from './useSession.ts'
import { useSummary } from './useSummary.ts'
import { useWords } from './useWords.ts'
import { YourTurn } from './YourTurn.tsx'

const ValidateScores = later(async () => (await import('./ValidateScores.tsx')).ValidateScores)

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
  const session = useSession()
  const threshold = useSessionState((state) => state.threshold)
  const sample = useSessionState((state) => state.origin === 'sample')
  const [response, setResponse] = useState(0)
  const summary = useSummary(card, scores)
  const step = useFocusOnOpening()
  const shown = summary?.responses[response]
  const { progress } = scores
  return (
    <Step
      place="scores"
      ref={step}
      title={words.title}
      aside={card.outcome && <Data>{card.outcome}</Data>}
      progress={JSON.stringify(progress)}
    >
      <ScoreActions card={card} records={progress.total} response={response} onResponse={setResponse} />
      <ScoreFacts progress={progress} summary={shown} />
      {summary && shown && (
        <ScoreShapes
          key={response}
          summary={summary}
          shown={shown}
          response={response}
          threshold={threshold}
          onThreshold={(next) => session.results.decideBy(next)}
          table={(rows, choice) => (
            <ScoredRows scores={scores} scored={summary.scores} card={card} shown={rows} response={response}>
              {choice}
            </ScoredRows>
          )}
        />
      )}
      {summary && (
        <Disclosure title={words.validate}>
          <Suspense>
            <ValidateScores card={card} scores={scores} scored={summary.scores} response={response} />
          </Suspense>
        </Disclosure>
      )}
      {shown && shown.notFinite > 0 && <p>{words.notFinite(shown.notFinite)}</p>}
      <RunFacts progress={progress} inputs={card.inputs.length} />
      {sample && <YourTurn />}
    </Step>
  )
}

/** The run's buttons had the focus, and are gone or have done what they were for: on to what they led to. */
function useFocusOnOpening(): RefObject<HTMLElement | null> {
  const step = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!focusIsFree()) return
    step.current?.focus({ preventScroll: true })
    step.current?.scrollIntoView()
  }, [])
  return step
}
