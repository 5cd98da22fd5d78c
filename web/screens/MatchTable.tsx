import type { Card } from '../../core/card/card.ts'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import { MatchRow } from './MatchRow.tsx'
import styles from './MatchStep.module.css'
import { type SessionState, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

interface MatchTableProps {
  readonly card: Card
  readonly preview: NonNullable<SessionState['preview']>
}

/** Feature by feature, the column that feeds it. */
export function MatchTable({ card, preview }: MatchTableProps) {
  const words = useWords().match
  const matches = useSessionState((state) => state.matches)
  return (
    <Scroller label={words.table} className={styles.matches}>
      <table className={grid.grid}>
        <thead>
          <tr>
            <th scope="col">{words.feature}</th>
            <th scope="col">{words.column}</th>
            <th scope="col">{words.foundBy}</th>
            <th scope="col">{words.firstCells}</th>
            <th scope="col">{words.allowed}</th>
          </tr>
        </thead>
        <tbody>
          {matches.map((match) => (
            <MatchRow key={match.feature} match={match} card={card} preview={preview} />
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}
