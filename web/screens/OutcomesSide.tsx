import styles from './ServerSide.module.css'
import { useOutcomeWords } from './useOutcomeWords.ts'

/** What the server has to do with outcomes: nothing, or it carries what the owners of a pooled study say. */
export function OutcomesSide({ pooled }: { readonly pooled: boolean }) {
  const { side: words } = useOutcomeWords()
  return (
    <dl className={styles.views}>
      <dt>{words.sees}</dt>
      <dd>{pooled ? words.pooled : words.alone}</dd>
      {pooled && (
        <>
          <dt>{words.neverSees}</dt>
          <dd>{words.unseen}</dd>
          <dt>{words.carries}</dt>
          <dd>{words.messages}</dd>
        </>
      )}
    </dl>
  )
}
