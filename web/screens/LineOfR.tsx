import styles from './Outcomes.module.css'
import { useOutcomeWords } from './useOutcomeWords.ts'

/** What gives the same in R; `said` where it takes more than the file at hand. */
export function LineOfR({ line, said }: { readonly line: string; readonly said?: string }) {
  const { fit: words } = useOutcomeWords()
  return (
    <>
      <p>{said ?? words.inR}</p>
      <pre className={styles.code} translate="no">
        <code>{line}</code>
      </pre>
    </>
  )
}
