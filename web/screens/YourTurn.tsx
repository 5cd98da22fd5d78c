import { FileButton } from '../ui/FileButton.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import styles from './ScoresStep.module.css'
import { useSession } from './useSession.ts'
import { useWords } from './useWords.ts'

/** After the scores of a sample: how to go on with a file of one's own. */
export function YourTurn() {
  const words = useWords().scores
  const session = useSession()
  return (
    <div className={styles.next}>
      <p>
        <PartsText parts={words.wasSample} elements={{ strong: (text) => <strong>{text}</strong> }} />
      </p>
      <FileButton
        label={words.openOwn}
        accept=".csv,.tsv,.txt,.xlsx,.parquet,.json,.jsonl,.ndjson,.gz"
        onFile={(chosen) => void session.handIn.take(chosen)}
      />
    </div>
  )
}
