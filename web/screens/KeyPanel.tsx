import { useEffect, useState } from 'react'
import { parameterSet } from '../../core/protocol/schemes.ts'
import { type KeyState, keyName } from '../session/keyState.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Facts } from '../ui/Facts.tsx'
import { grouped } from '../ui/grouped.ts'
import { ChoosePassphrase } from './ChoosePassphrase.tsx'
import { ForgetKey } from './ForgetKey.tsx'
import { KeyActions } from './KeyActions.tsx'
import styles from './KeyPanel.module.css'
import { KeyPlaces } from './KeyPlaces.tsx'
import type { KeyAsking } from './keyAsking.ts'
import { missingKey, stateOfKey } from './keyTexts.ts'
import { PassphraseForm } from './PassphraseForm.tsx'
import { Problem } from './Problem.tsx'
import { RestoreBackup } from './RestoreBackup.tsx'
import { useFocusKept } from './useFocusKept.ts'
import { useLaterWords } from './useLaterWords.ts'
import { useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** The key's panel: which key, where it lives, and all that can be done with it. */
export function KeyPanel({ onClose }: { readonly onClose: () => void }) {
  const words = useWords()
  const { unlock: unlockIt } = useLaterWords().keyPanel
  const session = useSession()
  const key = useSessionState((state) => state.key)
  const [asking, setAsking] = useState<KeyAsking | null>(null)
  // Storage can be cleared behind the page's back: what is said of it here is looked up here.
  useEffect(() => void session.key.lookAgain(), [session])
  const missing = missingKey(words, key)
  // A form goes when it is done with, and a button when there is nothing left for it to do.
  const remembered = 'held' in key && key.held.remembered
  const acts = useFocusKept<HTMLDivElement>(`${asking?.what} ${key.status} ${remembered}`)
  const unlock = async (passphrase: string): Promise<void> => {
    await session.key.unlock(passphrase)
    onClose()
  }
  return (
    <Dialog title={words.key.title} close={words.dialog.close} narrow onClose={onClose}>
      <KeyFacts state={key} />
      {missing && <p role="status">{missing}</p>}
      {key.status === 'failed' && <Problem error={key.error} />}
      {'held' in key && <KeyPlaces state={key} />}
      <div ref={acts} className={styles.asked} tabIndex={-1}>
        {asking ? (
          <Asked asking={asking} onDone={() => setAsking(null)} />
        ) : (
          <>
            {key.status === 'locked' && <PassphraseForm chosen={false} action={unlockIt} onSubmit={unlock} />}
            <KeyActions state={key} onAsk={setAsking} />
          </>
        )}
      </div>
    </Dialog>
  )
}

function KeyFacts({ state }: { readonly state: KeyState }) {
  const words = useWords()
  const name = keyName(state)
  if (!name) return null
  const fingerprint = (
    <code translate="no" className={styles.fingerprint}>
      {grouped(name.fingerprint)}
    </code>
  )
  return (
    <Facts
      facts={[
        { name: words.key.fingerprint, value: fingerprint },
        { name: words.key.size, value: words.key.bits(parameterSet(name.set).bits) },
        { name: words.key.state, value: <span role="status">{stateOfKey(words, state)}</span> },
      ]}
    />
  )
}

/** What an action asks before it is done. */
function Asked({ asking, onDone }: { readonly asking: KeyAsking; readonly onDone: () => void }) {
  switch (asking.what) {
    case 'restore':
      return <RestoreBackup backup={asking.backup} onDone={onDone} />
    case 'forget':
      return <ForgetKey onDone={onDone} />
    default:
      return <ChoosePassphrase what={asking.what} onDone={onDone} />
  }
}
