import { earlierResults } from '../session/results.ts'
import type { Result } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import { Step } from '../ui/Step.tsx'
import styles from './EarlierResults.module.css'
import { SavingTrouble } from './SavingTrouble.tsx'
import { useSaving } from './useSaving.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

interface EarlierResultsProps {
  /** Names a model in the page's address. */
  readonly onChooseModel: (model: string) => void
}

/** What this tab scored before and the page no longer shows: nothing of it is gone. */
export function EarlierResults({ onChooseModel }: EarlierResultsProps) {
  const words = useWords().results
  const results = useSessionState((state) => state.results)
  const scores = useSessionState((state) => state.scores)
  const earlier = earlierResults({ results, scores })
  if (earlier.length === 0) return null
  return (
    <Step title={words.title} aside={words.until}>
      <ul className={styles.list}>
        {earlier.map((result) => (
          <Earlier key={result.id} result={result} onChooseModel={onChooseModel} />
        ))}
      </ul>
    </Step>
  )
}

function Earlier({ result, onChooseModel }: { readonly result: Result } & EarlierResultsProps) {
  const words = useWords().results
  const session = useSession()
  const busy = useBusy()
  const saving = useSaving(result)
  const { card, scores, of, at, saved } = result
  const facts = { file: of.file?.name ?? '', model: card.title, records: scores.progress.total, at, saved }
  const show = (): void => {
    session.results.show(result)
    onChooseModel(card.id)
  }
  return (
    <li className={styles.result}>
      <p>
        <PartsText
          parts={words.result(facts)}
          elements={{
            file: (name) => (
              <span translate="no" className={styles.file}>
                {name}
              </span>
            ),
          }}
        />
      </p>
      <div className={styles.actions}>
        <Button onPress={show} disabled={busy}>
          {words.show}
        </Button>
        <Button onPress={saving.whole.run} pending={saving.whole.pending}>
          {words.download}
        </Button>
        <Button onPress={() => session.results.letGo(result)}>{saved ? words.letGo : words.letGoUnsaved}</Button>
      </div>
      <SavingTrouble saving={saving} />
    </li>
  )
}
