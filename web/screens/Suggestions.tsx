import { Button } from '../ui/Button.tsx'
import { counted, integer } from '../ui/numbers.ts'
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
    const { repair, why, examples } = suggestion
    const words = reason(suggestion, own)
    // What is only near a known value is a person's to judge, pair by pair.
    const singly = why === 'nearest' && examples.length > 1
    const press = singly ? `Read all ${integer(examples.length)} so` : offer(suggestion, card)
    return (
      <div
        key={`${why} ${repair.kind === 'number' ? repair.ways.join() : ''}`}
        className={styles.suggestion}
        data-suggestion
      >
        <p>{words}</p>
        {singly ? (
          <ul aria-label={`Near values, ${column}`} className={styles.choices}>
            {examples.map(([text, read, count]) => (
              <li key={text}>
                <Pair text={text} read={read} />
                <span className={styles.count}>{counted(count, 'cell')}</span>
                <Button
                  label={`Read so: ${column}, “${text}” as ${read}`}
                  disabled={busy}
                  onPress={() =>
                    session.file.repair({ feature: repair.feature, kind: 'levels', pairs: [[text, read]] })
                  }
                >
                  Read so
                </Button>
              </li>
            ))}
          </ul>
        ) : (
          <div className={styles.pairs}>
            {examples.map(([text, read]) => (
              <Pair key={text} text={text} read={read} />
            ))}
          </div>
        )}
        <Button label={`${press}: ${column}, ${words}`} disabled={busy} onPress={() => session.file.repair(repair)}>
          {press}
        </Button>
      </div>
    )
  })
}

function Pair({ text, read }: { readonly text: string; readonly read: string }) {
  return (
    <span className={styles.pair}>
      <q>{text}</q> → <b>{read === '' ? 'missing' : read}</b>
    </span>
  )
}
