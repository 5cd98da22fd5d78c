import { useEffect } from 'react'
import styles from './KeyChip.module.css'
import { placesOfKey, shortFingerprint, stateOfKey } from './keyTexts.ts'
import { useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** The key in one line, always in sight: which one, how it stands, where it is. Opens its panel. */
export function KeyChip({ onOpen }: { readonly onOpen: () => void }) {
  const words = useWords()
  const session = useSession()
  const key = useSessionState((state) => state.key)
  useEffect(() => void session.key.recall(), [session])
  const fingerprint = shortFingerprint(key)
  const places = placesOfKey(words, key)
  return (
    <button type="button" className={styles.chip} onClick={onOpen}>
      <span className={styles.name}>{words.key.title}</span>
      {fingerprint && (
        <code translate="no" className={styles.fingerprint}>
          {fingerprint}
        </code>
      )}
      <span className={styles.state} data-status={key.status}>
        {stateOfKey(words, key)}
      </span>
      {places && <span className={styles.places}>{places}</span>}
    </button>
  )
}
