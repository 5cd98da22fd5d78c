import { saveFile } from '../ui/saveFile.ts'
import styles from './KeyPanel.module.css'
import type { Protected } from './keyAsking.ts'
import { PassphraseForm } from './PassphraseForm.tsx'
import { useLaterWords } from './useLaterWords.ts'
import { useSession } from './useSession.ts'

interface ChoosePassphraseProps {
  readonly what: Protected
  readonly onDone: () => void
}

/** The key gets a passphrase, and then what was asked for is done. */
export function ChoosePassphrase({ what, onDone }: ChoosePassphraseProps) {
  const words = useLaterWords().choosePassphrase
  const session = useSession()
  const submit = async (passphrase: string): Promise<void> => {
    await session.key.protect(passphrase)
    if (what === 'lock') await session.key.lock()
    if (what === 'backUp') saveFile(await session.key.backUp())
    if (what === 'remember') await session.key.remember()
    onDone()
  }
  return (
    <>
      <p className={styles.note}>{what === 'change' ? words.another : words.first}</p>
      <PassphraseForm chosen action={words.submit[what]} onSubmit={submit} onCancel={onDone} />
    </>
  )
}
