import { Suspense } from 'react'
import { isFoundByName, unmatched, unusedColumns } from '../../reader/matching.ts'
import { errorOf } from '../session/faults.ts'
import { Button } from '../ui/Button.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { Step } from '../ui/Step.tsx'
import { Coming } from './Coming.tsx'
import { later } from './later.tsx'
import styles from './MatchStep.module.css'
import { Problem } from './Problem.tsx'
import { UnusedColumns } from './UnusedColumns.tsx'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

const KeptColumns = later(async () => (await import('./KeptColumns.tsx')).KeptColumns)
const MatchTable = later(async () => (await import('./MatchTable.tsx')).MatchTable)

/** Which column feeds which of the model's features, and which columns stay here. */
export function MatchStep() {
  const words = useWords().match
  const card = useSessionState((state) => state.card)
  const preview = useSessionState((state) => state.preview)
  const matches = useSessionState((state) => state.matches)
  const repairs = useSessionState((state) => state.repairs)
  if (!card || !preview || matches.length === 0) return null
  const unused = unusedColumns(preview.header, matches)
  const missing = unmatched(card, matches, repairs)
  const kept = matches.filter(({ how }) => how === 'kept').length
  const complete = missing.length === 0
  return (
    <Step
      place="columns"
      title={words.title}
      aside={complete ? words.complete(matches.length) : words.toChoose(missing.length, matches.length)}
    >
      {!complete && <Problem error={errorOf('columns/missing', 'columnsMissing', { columns: missing })} />}
      <MatchActions unused={unused} />
      <Suspense>{kept > 0 && <KeptColumns count={kept} />}</Suspense>
      <Disclosure title={words.disclose(matches.length)} folds={matches.every(isFoundByName)}>
        <Suspense fallback={<Coming />}>
          <MatchTable card={card} preview={preview} />
        </Suspense>
      </Disclosure>
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
