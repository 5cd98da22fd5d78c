import styles from './Outcomes.module.css'
import { useOutcomeWords } from './useOutcomeWords.ts'

/** What gives the same in R. */
export function LineOfR({ line }: { readonly line: string }) {
  const { fit: words } = useOutcomeWords()
  return (
    <>
      <p>{words.inR}</p>
      <pre className={styles.code} translate="no">
        <code>{line}</code>
      </pre>
    </>
  )
}
