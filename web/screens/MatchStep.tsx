import type { Card } from '../../core/card/card.ts'
import { unmatched, unusedColumns } from '../../reader/matching.ts'
import { errorOf } from '../session/faults.ts'
import { Button } from '../ui/Button.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import { Step } from '../ui/Step.tsx'
import { MatchRow } from './MatchRow.tsx'
import styles from './MatchStep.module.css'
import { Problem } from './Problem.tsx'
import { UnusedColumns } from './UnusedColumns.tsx'
import { type SessionState, useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** Which column feeds which of the model's features, and which columns stay here. */
export function MatchStep() {
  const words = useWords().match
  const card = useSessionState((state) => state.card)
  const sample = useSessionState((state) => state.origin === 'sample')
  const preview = useSessionState((state) => state.preview)
  const matches = useSessionState((state) => state.matches)
  if (!card || !preview || matches.length === 0) return null
  const unused = unusedColumns(preview.header, matches)
  const missing = unmatched(card, matches)
  const complete = missing.length === 0
  const table = <MatchTable card={card} preview={preview} />
  return (
    <Step
      title={words.title}
      aside={complete ? words.complete(matches.length) : words.toChoose(missing.length, matches.length)}
    >
      {!complete && <Problem error={errorOf('columns/missing', 'columnsMissing', { columns: missing })} />}
      <MatchActions unused={unused} />
      {sample && complete ? <Disclosure title={words.disclose}>{table}</Disclosure> : table}
      {unused.length > 0 && <UnusedColumns header={preview.header} unused={unused} />}
    </Step>
  )
}

/** Takes all suggestions at once, and takes the last change back. */
function MatchActions({ unused }: { readonly unused: readonly number[] }) {
  const words = useWords().match
  const session = useSession()
  const busy = useBusy()
  const changes = useSessionState((state) => state.matchesBefore.length)
  const suggestions = useSessionState((state) => state.columnSuggestions)
  const matches = useSessionState((state) => state.matches)
  const open = suggestions.filter(
    ({ feature, column }) => matches[feature]?.column === null && unused.includes(column),
  ).length
  if (open === 0 && changes === 0) return null
  return (
    <div className={styles.actions}>
      {open > 1 && (
        <Button primary disabled={busy} onPress={() => session.file.takeSuggestions()}>
          {words.takeAll(open)}
        </Button>
      )}
      {changes > 0 && (
        <Button disabled={busy} onPress={() => session.file.undoMatch()}>
          {words.undo}
        </Button>
      )}
    </div>
  )
}

interface MatchTableProps {
  readonly card: Card
  readonly preview: NonNullable<SessionState['preview']>
}

function MatchTable({ card, preview }: MatchTableProps) {
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
