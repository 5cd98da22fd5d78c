import { isWorthwhile, takesOther } from '../../client/estimate.ts'
import { schemeChoices } from '../../client/schemeChoice.ts'
import { Button } from '../ui/Button.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { Select } from '../ui/Select.tsx'
import styles from './RunStep.module.css'
import { useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/**
 * Under which scheme the run is sealed: both times, and the other one a press away, wherever that saves more than a few
 * seconds, or was chosen before.
 */
export function SchemeChoice() {
  const words = useWords().scheme
  const session = useSession()
  const offer = useSessionState((state) => state.offer)
  const scheme = useSessionState((state) => state.scheme)
  if (!offer || (scheme === 'paillier' && !isWorthwhile(offer))) return null
  const taken = takesOther(scheme, offer) ? 'lattice' : 'paillier'
  const other = taken === 'lattice' ? 'paillier' : 'lattice'
  return (
    <section aria-label={words.label} className={styles.scheme} data-scheme={taken}>
      <p>{words.times(offer.seconds.lasting, offer.seconds.ofRun)}</p>
      <div className={styles.actions}>
        <p role="status" className={styles.quiet}>
          {words.chosen[taken]}
        </p>
        <Button onPress={() => session.scheme.choose(other)}>{words.use[other]}</Button>
      </div>
      <Disclosure title={words.differs.title}>
        <ul>
          {words.differs.points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
        <Select
          label={words.label}
          value={scheme}
          options={schemeChoices.map((value) => ({ value, text: words.names[value] }))}
          onChange={(value) => session.scheme.choose(value)}
        />
      </Disclosure>
    </section>
  )
}
