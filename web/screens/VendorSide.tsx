import styles from './ServerSide.module.css'
import { useWords } from './useWords.ts'

/** The right of the line where a model is looked at: nobody is there yet, and what who comes will see. */
export function VendorSide() {
  const words = useWords().vendorSide
  return (
    <div className={styles.server}>
      <p>{words.now}</p>
      <dl className={styles.views}>
        <dt>{words.sees}</dt>
        <dd>{words.seen}</dd>
        <dt>{words.neverSees}</dt>
        <dd>{words.unseen}</dd>
      </dl>
    </div>
  )
}
