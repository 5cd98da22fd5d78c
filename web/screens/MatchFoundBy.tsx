import type { SessionState } from '../session/session.ts'
import { Button } from '../ui/Button.tsx'
import styles from './MatchStep.module.css'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

const mostCharacters = 24

interface MatchFoundByProps {
  readonly match: SessionState['matches'][number]
  readonly feature: string
  readonly header: readonly string[]
}

/** How a feature's column was found, or the column that may be it. */
export function MatchFoundBy({ match, feature, header }: MatchFoundByProps) {
  const { match: words, numbers } = useWords()
  const session = useSession()
  const busy = useBusy()
  const suggestion = useSessionState(({ columnSuggestions, matches }) =>
    columnSuggestions.find(
      (each) => each.feature === match.feature && !matches.some((other) => other.column === each.column),
    ),
  )
  if (match.column === null && suggestion) {
    const column = header[suggestion.column] ?? ''
    return (
      <Button
        label={words.take(column, feature)}
        disabled={busy}
        onPress={() => session.file.matchColumn(match.feature, suggestion.column)}
      >
        {words.takeAlike(column.slice(0, mostCharacters), suggestion.alike)}
      </Button>
    )
  }
  // A name that is the same is no guess.
  const certain = match.how === 'name' || match.how === 'alias'
  return (
    <>
      <span>{words.how[match.how]}</span>
      {certain && <span className={styles.sure}>{numbers.percent(1)}</span>}
    </>
  )
}
