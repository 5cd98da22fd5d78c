import { useEffect, useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import type { Scores } from '../session/scored.ts'
import { type ScoreSummary, summarise } from '../session/summary.ts'

/** How the scores are distributed, once that is counted. */
export function useSummary(card: Card, scores: Pick<Scores, 'predictors'>): ScoreSummary | null {
  const [summary, setSummary] = useState<ScoreSummary | null>(null)
  useEffect(() => {
    const stop = new AbortController()
    summarise(card, scores.predictors, stop.signal).then(setSummary, () => {})
    return () => stop.abort()
  }, [card, scores])
  return summary
}
