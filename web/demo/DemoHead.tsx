import { Crossing } from '../screens/Crossing.tsx'
import { Update } from '../screens/Update.tsx'
import { useWords } from '../screens/useWords.ts'
import { Disclosure } from '../ui/Disclosure.tsx'
import styles from './Demo.module.css'

/** What this page is, what happens in it, and how to have it for real. */
export function DemoHead() {
  const words = useWords().demo
  return (
    <section className={styles.head} aria-label={words.about}>
      <p className={styles.sentence}>{words.sentence}</p>
      <Crossing />
      <p className={styles.both}>{words.both}</p>
      <p className={styles.hint} translate="no">
        {location.protocol === 'file:' ? words.disk : words.served(location.host)}
      </p>
      <Update />
      <Disclosure title={words.real}>
        <div className={styles.real}>
          <p>{words.realSteps[0]}</p>
          <pre translate="no">{words.realCommand}</pre>
          <p>{words.realSteps[1]}</p>
        </div>
      </Disclosure>
    </section>
  )
}
