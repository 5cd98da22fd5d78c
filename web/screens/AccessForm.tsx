import type { FormEvent } from 'react'
import { Button } from '../ui/Button.tsx'
import { PassphraseField } from '../ui/PassphraseField.tsx'
import styles from './KeyPanel.module.css'
import { Problem } from './Problem.tsx'
import { useSession } from './useSession.ts'
import { useTask } from './useTask.ts'
import { useWords } from './useWords.ts'

/** Asks for the API key that the server wants. It is kept in this tab's memory alone, and read from the form once. */
export function AccessForm({ onGiven }: { readonly onGiven: () => void }) {
  const words = useWords().access
  const { server } = useSession()
  const task = useTask(async (key: string) => {
    server.identify(key)
    onGiven()
  })
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = event.currentTarget
    const key = String(new FormData(form).get('api-key')).trim()
    form.reset()
    task.run(key)
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <PassphraseField label={words.label} name="api-key" chosen={false} hint={words.hint} />
      {task.error !== null && <Problem error={task.error} />}
      <div className={styles.actions}>
        <Button primary submit pending={task.pending}>
          {words.use}
        </Button>
      </div>
    </form>
  )
}
