import styles from './ServerSide.module.css'
import { useOutcomeWords } from './useOutcomeWords.ts'

/** What the server has to do with outcomes that are looked at here: nothing. */
export function OutcomesSide() {
  const { side: words } = useOutcomeWords()
  return (
    <dl className={styles.views}>
      <dt>{words.sees}</dt>
      <dd>{words.alone}</dd>
    </dl>
  )
}
