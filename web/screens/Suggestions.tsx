import { Button } from '../ui/Button.tsx'
import styles from './CheckStep.module.css'
import { offer, reason, type Suggestion } from './repairWords.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'

interface SuggestionsProps {
  readonly suggestions: readonly Suggestion[]
  readonly column: string
}

/** What would mend some cells of one column: why, an example or two, and a button. Nothing is changed before a press. */
export function Suggestions({ suggestions, column }: SuggestionsProps) {
  const session = useSession()
  const busy = useBusy()
  const card = useSessionState((state) => state.card)
  const own = useSessionState((state) => state.preview?.format.decimalMark ?? '.')
  if (!card) return null
  return suggestions.map((suggestion) => {
    const { repair, examples } = suggestion
    const why = reason(suggestion, own)
    const press = offer(suggestion, card)
    return (
      <div key={JSON.stringify(repair)} className={styles.suggestion}>
        <p>{why}</p>
        <div className={styles.pairs}>
          {examples.map(([text, read]) => (
            <span key={text} className={styles.pair}>
              <q>{text}</q> → <b>{read === '' ? 'missing' : read}</b>
            </span>
          ))}
        </div>
        <Button label={`${press}: ${column}, ${why}`} disabled={busy} onPress={() => session.repair(repair)}>
          {press}
        </Button>
      </div>
    )
  })
}
