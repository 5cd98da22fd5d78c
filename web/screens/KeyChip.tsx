import { useEffect } from 'react'
import { Button } from 'react-aria-components/Button'
import styles from './KeyChip.module.css'
import { placesOfKey, shortFingerprint, stateOfKey } from './keyWords.ts'
import { useSession, useSessionState } from './useSession.ts'

/** The key in one line, always in sight: which one, how it stands, where it is. Opens its panel. */
export function KeyChip({ onOpen }: { readonly onOpen: () => void }) {
  const session = useSession()
  const key = useSessionState((state) => state.key)
  useEffect(() => void session.key.recall(), [session])
  const fingerprint = shortFingerprint(key)
  const places = placesOfKey(key)
  return (
    <Button className={styles.chip ?? ''} onPress={onOpen}>
      <span className={styles.name}>Key</span>
      {fingerprint && <code className={styles.fingerprint}>{fingerprint}</code>}
      <span className={styles.state} data-status={key.status}>
        {stateOfKey(key)}
      </span>
      {places.length > 0 && <span className={styles.places}>{places.join(', ')}</span>}
    </Button>
  )
}
