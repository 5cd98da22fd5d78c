import type { Suggestion } from '../../reader/suggest.ts'
import { Button } from '../ui/Button.tsx'
import styles from './CheckStep.module.css'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

interface SuggestionsProps {
  readonly suggestions: readonly Suggestion[]
  readonly column: string
}

/** What would mend some cells of one column: why, an example or two, and a button. Nothing is changed before a press. */
export function Suggestions({ suggestions, column }: SuggestionsProps) {
  return suggestions.map((suggestion) => {
    const { repair, why } = suggestion
    const key = `${why} ${repair.kind === 'number' ? repair.ways.join() : ''}`
    return <Offer key={key} suggestion={suggestion} column={column} />
  })
}

interface OfferProps {
  readonly suggestion: Suggestion
  readonly column: string
}

function Offer({ suggestion, column }: OfferProps) {
  const words = useWords().repairs
  const session = useSession()
  const busy = useBusy()
  const card = useSessionState((state) => state.card)
  const own = useSessionState((state) => state.preview?.format.decimalMark ?? '.')
  const { repair, why, examples } = suggestion
  const reason = words.reason(suggestion, own)
  // What is only near a known value is a person's to judge, pair by pair.
  const singly = why === 'nearest' && examples.length > 1
  const offer = singly ? words.offerAll(examples.length) : words.offer(repair, card?.features[repair.feature]?.missing)
  return (
    <div className={styles.suggestion} data-suggestion>
      <p>{reason}</p>
      {singly ? (
        <NearValues suggestion={suggestion} column={column} />
      ) : (
        <div className={styles.pairs}>
          {examples.map(([text, read]) => (
            <Pair key={text} text={text} read={read} />
          ))}
        </div>
      )}
      <Button label={words.offerOf(offer, column, reason)} disabled={busy} onPress={() => session.file.repair(repair)}>
        {offer}
      </Button>
    </div>
  )
}

/** Cells that are near a known value, each with a button of its own. */
function NearValues({ suggestion: { repair, examples }, column }: OfferProps) {
  const words = useWords().repairs
  const session = useSession()
  const busy = useBusy()
  return (
    <ul aria-label={words.nearValues(column)} className={styles.choices}>
      {examples.map(([text, read, count]) => (
        <li key={text}>
          <Pair text={text} read={read} />
          <span className={styles.count}>{words.cells(count)}</span>
          <Button
            label={words.offerPairOf(column, text, read)}
            disabled={busy}
            onPress={() => session.file.repair({ feature: repair.feature, kind: 'levels', pairs: [[text, read]] })}
          >
            {words.offerPair}
          </Button>
        </li>
      ))}
    </ul>
  )
}

/** A cell as it stands, and as it would be read. */
function Pair({ text, read }: { readonly text: string; readonly read: string }) {
  const { missing } = useWords().repairs
  return (
    <span className={styles.pair}>
      <q translate="no">{text}</q>
      <span>{' → '}</span>
      {read === '' ? <b>{missing}</b> : <b translate="no">{read}</b>}
    </span>
  )
}
