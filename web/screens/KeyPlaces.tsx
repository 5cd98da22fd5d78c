import type { KeyState } from '../session/keyState.ts'
import styles from './KeyPanel.module.css'
import { useLaterWords } from './useLaterWords.ts'
import { useSessionState } from './useSession.ts'

/** Where the key lives: three places, each as it stands, and what protects it there. */
export function KeyPlaces({ state }: { readonly state: Extract<KeyState, { held: unknown }> }) {
  const words = useLaterWords().keyPanel
  const { wrapped, remembered, backedUp } = state.held
  const storage = useSessionState((session) => session.storage)
  const { protection } = words
  return (
    <>
      <dl className={styles.places} aria-label={words.places}>
        <dt>{words.tab}</dt>
        <dd>{words.inTab[state.status]}</dd>
        <dt>{words.device}</dt>
        <dd>{remembered ? words.onDevice[storage] : words.notOnDevice}</dd>
        <dt>{words.backup}</dt>
        <dd>{backedUp ? words.backedUp : words.notBackedUp}</dd>
      </dl>
      <p className={styles.note}>
        {remembered ? protection.remembered : wrapped ? protection.wrapped : protection.open}
      </p>
      <IsolationNote />
    </>
  )
}

/** That the key's workers cannot pass it on, and since when that is known. */
function IsolationNote() {
  const words = useLaterWords().keyPanel
  const isolation = useSessionState((state) => state.isolation)
  if (isolation.status !== 'proven') return null
  return <p className={styles.note}>{words.isolated(isolation.at)}</p>
}
