import { useMemo } from 'react'
import type { Card } from '../../core/card/card.ts'
import { unusedColumns } from '../../reader/matching.ts'
import type { Scores } from '../session/scored.ts'
import { lookedAt, type ScoredFile } from '../session/validating.ts'
import styles from './Outcomes.module.css'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { useSession } from './useSession.ts'
import { ValidationPanel } from './ValidationPanel.tsx'

interface ValidateScoresProps {
  readonly card: Card
  readonly scores: Scores
  /** records × responses scores. */
  readonly scored: Float64Array
  readonly response: number
}

/** The scores of a run beside an outcome that is in the same file. */
export function ValidateScores({ card, scores, scored, response }: ValidateScoresProps) {
  const { validate: words } = useOutcomeWords()
  const session = useSession()
  const { header = [] } = session.state.preview ?? {}
  const columns = unusedColumns(header, session.state.matches)
  const compared = useMemo((): ScoredFile | null => {
    const { state } = session
    const file = lookedAt(state)
    const width = card.responses.length
    if (!file) return null
    const { threshold } = state
    return {
      file,
      name: state.file?.name ?? '',
      score: {
        rows: scores.rows,
        scores: Float64Array.from(scores.rows, (_, i) => scored[i * width + response] ?? Number.NaN),
      },
      scoreName: card.responses[response] ?? '',
      threshold: threshold?.response === response ? threshold.value : null,
    }
  }, [session, card, scores, scored, response])
  const vendor = useMemo(() => ({ claim: card.quality ?? null, model: `${card.title} ${card.version}` }), [card])
  return (
    <div className={styles.panel}>
      <p className={styles.about}>{words.about}</p>
      {columns.length === 0 ? (
        <p>{words.none}</p>
      ) : (
        compared && <ValidationPanel scored={compared} columns={columns} vendor={vendor} />
      )}
    </div>
  )
}
