import { earlierResults } from '../session/results.ts'
import type { Result } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import { Step } from '../ui/Step.tsx'
import styles from './EarlierResults.module.css'
import { ofFile } from './ofFile.tsx'
import { SavingTrouble } from './SavingTrouble.tsx'
import { useLaterWords } from './useLaterWords.ts'
import { useSaving } from './useSaving.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'

interface EarlierResultsProps {
  /** Names a model in the page's address. */
  readonly onChooseModel: (model: string) => void
}

/** What this tab scored before and the page no longer shows: nothing of it is gone. */
export function EarlierResults({ onChooseModel }: EarlierResultsProps) {
  const words = useLaterWords().results
  const results = useSessionState((state) => state.results)
  const scores = useSessionState((state) => state.scores)
  const earlier = earlierResults({ results, scores })
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
  const words = useLaterWords().results
  const session = useSession()
  const busy = useBusy()
  const saving = useSaving(() => result, result)
  const { card, scores, of, at, saved, partial } = result
  const facts = {
    file: of.file?.name ?? '',
    model: card.title,
    records: scores.progress.total,
    of: partial ? (of.report?.scorable ?? null) : null,
    at,
    saved,
  }
  const show = (): void => {
    session.results.show(result)
    onChooseModel(card.id)
  }
  return (
    <li className={styles.result}>
      <p>
        <PartsText parts={words.result(facts)} elements={ofFile} />
      </p>
      <div className={styles.actions}>
        <Button onPress={show} disabled={busy}>
          {words.show}
        </Button>
        <Button onPress={saving.whole.run} pending={saving.whole.pending}>
          {words.download}
        </Button>
        <Button destroys={!saved} onPress={() => session.results.letGo(result)}>
          {saved ? words.letGo : words.letGoUnsaved}
        </Button>
      </div>
      <SavingTrouble saving={saving} />
    </li>
  )
}
