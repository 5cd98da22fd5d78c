import { builtIn, isSingleFile } from '../screens/builtIn.ts'
import { Update } from '../screens/Update.tsx'
import { useWords } from '../screens/useWords.ts'
import { Disclosure } from '../ui/Disclosure.tsx'
import { Crossing } from './Crossing.tsx'
import styles from './Demo.module.css'

/** What this page is, what happens in it, and how to have it for real. */
export function DemoHead() {
  const words = useWords().demo
  const version = builtIn('version')
  const source = builtIn('source')
  return (
    <section className={styles.head} aria-label={words.about}>
      <p className={styles.sentence}>{words.sentence}</p>
      <Crossing />
      <p className={styles.both}>{words.both}</p>
      <ul className={styles.facts}>
        <li translate="no">{location.protocol === 'file:' ? words.disk : words.served(location.host)}</li>
        {version && <li>{words.version(version)}</li>}
        {source && (
          <li>
            <a href={source}>{words.source}</a>
          </li>
        )}
        {!isSingleFile() && (
          <li>
            <a href="./licences.txt">{words.notices}</a>
          </li>
        )}
      </ul>
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
