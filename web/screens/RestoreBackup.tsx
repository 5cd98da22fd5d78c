import { keyName } from '../session/keyState.ts'
import { Data } from '../ui/Data.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import styles from './KeyPanel.module.css'
import { PassphraseForm } from './PassphraseForm.tsx'
import { useLaterWords } from './useLaterWords.ts'
import { useSession, useSessionState } from './useSession.ts'

interface RestoreBackupProps {
  readonly backup: File
  readonly onDone: () => void
}

/** Asks for the passphrase of a backup and takes its key. */
export function RestoreBackup({ backup, onDone }: RestoreBackupProps) {
  const words = useLaterWords().restoreBackup
  const session = useSession()
  const replaces = useSessionState(({ key }) => keyName(key) !== null)
  const submit = async (passphrase: string): Promise<void> => {
    await session.key.restore(backup, passphrase)
    onDone()
  }
  return (
    <>
      <p className={styles.note}>
        {replaces && <span>{words.replaces}</span>}
        <PartsText parts={words.opensWith(backup.name)} elements={{ file: (name) => <Data>{name}</Data> }} />
      </p>
      <PassphraseForm
        chosen={false}
        action={replaces ? words.submitReplacing : words.submit}
        destroys={replaces}
        onSubmit={submit}
        onCancel={onDone}
      />
    </>
  )
}
