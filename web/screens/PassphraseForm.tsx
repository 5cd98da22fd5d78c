import { type FormEvent, useState } from 'react'
import { shortestPassphrase } from '../../client/passphrase.ts'
import { Button } from '../ui/Button.tsx'
import { PassphraseField } from '../ui/PassphraseField.tsx'
import styles from './KeyPanel.module.css'
import { Problem } from './Problem.tsx'
import { useTask } from './useTask.ts'
import { useWords } from './useWords.ts'

interface PassphraseFormProps {
  /** Whether the key gets its passphrase here, or is opened with the one it has. */
  readonly chosen: boolean
  /** What the button says. */
  readonly action: string
  readonly onSubmit: (passphrase: string) => Promise<void>
  readonly onCancel?: () => void
}

/** Asks for a passphrase and hands it on at once; it is in no state of the page. */
export function PassphraseForm({ chosen, action, onSubmit, onCancel }: PassphraseFormProps) {
  const words = useWords().passphraseForm
  const [unlike, setUnlike] = useState(false)
  const task = useTask(onSubmit)

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = event.currentTarget
    const given = new FormData(form)
    const passphrase = String(given.get('passphrase'))
    const differs = chosen && passphrase !== given.get('again')
    setUnlike(differs)
    if (differs || task.pending) return
    form.reset()
    task.run(passphrase)
  }

  return (
    <form className={styles.form} onSubmit={submit}>
      {chosen ? (
        <>
          <PassphraseField
            label={words.chosen}
            name="passphrase"
            chosen
            focus
            shortest={shortestPassphrase}
            hint={words.hint(shortestPassphrase)}
          />
          <PassphraseField label={words.again} name="again" chosen />
        </>
      ) : (
        <PassphraseField label={words.given} name="passphrase" chosen={false} focus />
      )}
      {typeof globalThis.WebAssembly !== 'object' && <p className={styles.note}>{words.slow}</p>}
      {unlike && <p role="alert">{words.differ}</p>}
      {task.error !== null && <Problem error={task.error} />}
      <div className={styles.actions}>
        <Button primary submit pending={task.pending}>
          {action}
        </Button>
        {onCancel && <Button onPress={onCancel}>{words.back}</Button>}
      </div>
    </form>
  )
}
