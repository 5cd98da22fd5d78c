import type { ModelList } from '../../client/server.ts'
import styles from './ModelStep.module.css'
import { useBusy } from './useSession.ts'
import { useWords } from './useWords.ts'

interface ModelChoiceProps {
  readonly models: ModelList['models']
  readonly chosen: string | undefined
  readonly onChoose: (model: string) => void
}

/** One of several models, each by its title and what it predicts. */
export function ModelChoice({ models, chosen, onChoose }: ModelChoiceProps) {
  const words = useWords().model
  const busy = useBusy()
  return (
    <div role="radiogroup" aria-label={words.title} className={styles.models}>
      {models.map(({ id, title, outcome }) => (
        <label key={id} translate="no" className={styles.model}>
          <input
            type="radio"
            name="model"
            value={id}
            data-model-id={id}
            aria-labelledby={`model-${id}`}
            aria-describedby={`outcome-${id}`}
            checked={id === chosen}
            disabled={busy}
            onChange={() => onChoose(id)}
          />
          <span id={`model-${id}`} className={styles.title}>
            {title}
          </span>
          <span id={`outcome-${id}`} className={styles.outcome}>
            {outcome}
          </span>
        </label>
      ))}
    </div>
  )
}
