import { Fragment } from 'react'
import styles from './ServerSide.module.css'
import { usePoolWords } from './usePoolWords.ts'

/** The right of the line during a pooled study: the server carries messages, and knows no more of them than who speaks when. */
export function PoolSeen() {
  const { seen: words } = usePoolWords()
  return (
    <dl className={styles.views}>
      {words.map(({ name, what }) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{what}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
