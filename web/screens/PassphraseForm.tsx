import { type FormEvent, useRef, useState } from 'react'
import { Button } from '../ui/Button.tsx'
import { CheckBox } from '../ui/CheckBox.tsx'
import { PassphraseField } from '../ui/PassphraseField.tsx'
import { ChosenPassphrase } from './ChosenPassphrase.tsx'
import styles from './KeyPanel.module.css'
import { Problem } from './Problem.tsx'
import { useLaterWords } from './useLaterWords.ts'
import { useTask } from './useTask.ts'

interface PassphraseFormProps {
  /** Whether the key gets its passphrase here, or is opened with the one it has. */
  readonly chosen: boolean
  /** What the button says. */
  readonly action: string
  /** What is there now will be gone. */
  readonly destroys?: boolean
  readonly onSubmit: (passphrase: string) => Promise<void>
  readonly onCancel?: () => void
}

/** Asks for a passphrase and hands it on at once; it is in no state of the page. */
export function PassphraseForm({ chosen, action, destroys = false, onSubmit, onCancel }: PassphraseFormProps) {
  const words = useLaterWords().passphraseForm
  const [unlike, setUnlike] = useState(false)
  const [shown, setShown] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const task = useTask(onSubmit)

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const passphrase = String(given.get('passphrase'))
    const differs = chosen && passphrase !== given.get('again')
    setUnlike(differs)
    if (differs || task.pending) return
    event.currentTarget.reset()
    setShown(false)
    task.run(passphrase)
  }

  return (
    <form ref={form} className={styles.form} onSubmit={submit}>
      {chosen ? (
        <ChosenPassphrase form={form} />
      ) : (
        <>
          <PassphraseField label={words.given} name="passphrase" chosen={false} focus shown={shown} />
          <CheckBox label={words.show} checked={shown} onChange={setShown} />
        </>
      )}
      {typeof globalThis.WebAssembly !== 'object' && <p className={styles.note}>{words.slow}</p>}
      {unlike && <p role="alert">{words.differ}</p>}
      {task.error !== null && <Problem error={task.error} />}
      <div className={styles.actions}>
        <Button primary={!destroys} destroys={destroys} submit pending={task.pending}>
          {action}
        </Button>
        {onCancel && <Button onPress={onCancel}>{words.back}</Button>}
      </div>
    </form>
  )
}
