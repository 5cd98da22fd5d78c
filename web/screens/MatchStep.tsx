import { unusedColumns } from '../../reader/matching.ts'
import { errorOf } from '../session/faults.ts'
import { Button } from '../ui/Button.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import grid from '../ui/Grid.module.css'
import { counted } from '../ui/numbers.ts'
import { Scroller } from '../ui/Scroller.tsx'
import { Step } from '../ui/Step.tsx'
import { MatchRow } from './MatchRow.tsx'
import styles from './MatchStep.module.css'
import { Problem } from './Problem.tsx'
import { useBusy, useSession, useSessionState } from './useSession.ts'

/** So many unused columns are named; a file may have thousands. */
const mostUnused = 200

/** Which column feeds which of the model's features, and which columns stay here. */
export function MatchStep() {
  const session = useSession()
  const busy = useBusy()
  const card = useSessionState((state) => state.card)
  const sample = useSessionState((state) => state.origin === 'sample')
  const changes = useSessionState((state) => state.matchesBefore.length)
  const suggestions = useSessionState((state) => state.columnSuggestions)
  const preview = useSessionState((state) => state.preview)
  const matches = useSessionState((state) => state.matches)
  if (!card || !preview || matches.length === 0) return null
  const unused = unusedColumns(preview.header, matches)
  const missing = matches.flatMap(({ feature, column }) =>
    column === null ? [card.features[feature]?.name ?? ''] : [],
  )
  const open = suggestions.filter(
    ({ feature, column }) => matches[feature]?.column === null && unused.includes(column),
  ).length
  const table = (
    <Scroller label="Matched columns" className={styles.matches}>
      <table className={grid.grid}>
        <thead>
          <tr>
            <th scope="col">The model takes</th>
            <th scope="col">Column in the file</th>
            <th scope="col">Found by</th>
            <th scope="col">First cells</th>
            <th scope="col">Allowed</th>
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
  return (
    <Step
      title="Match"
      aside={
        missing.length === 0
          ? `Every one of the model’s ${counted(matches.length, 'column')} has one in the file.`
          : `${counted(missing.length, 'column')} of the model’s ${matches.length} to choose.`
      }
    >
      {missing.length > 0 && <Problem error={errorOf('columns/missing', 'columnsMissing', { columns: missing })} />}
      {(open > 0 || changes > 0) && (
        <div className={styles.actions}>
          {open > 1 && (
            <Button primary disabled={busy} onPress={() => session.file.takeSuggestions()}>
              Use all {open} suggestions
            </Button>
          )}
          {changes > 0 && (
            <Button disabled={busy} onPress={() => session.file.undoMatch()}>
              Undo the last change
            </Button>
          )}
        </div>
      )}
      {sample && missing.length === 0 ? <Disclosure title="Which column feeds which">{table}</Disclosure> : table}
      {unused.length > 0 && (
        <div className={styles.unused}>
          <h3 id="stays-here">Stays here</h3>
          <ul aria-labelledby="stays-here">
            {unused.slice(0, mostUnused).map((column) => (
              <li key={column}>{preview.header[column]?.trim() || `Column ${column + 1}`}</li>
            ))}
            {unused.length > mostUnused && <li>{counted(unused.length - mostUnused, 'more column')}</li>}
          </ul>
        </div>
      )}
    </Step>
  )
}
