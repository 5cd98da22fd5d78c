import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useLayoutEffect, useRef, useState } from 'react'
import { asBlindscoreError } from '../../core/errors.ts'
import { Alert } from '../ui/Alert.tsx'
import { Button } from '../ui/Button.tsx'
import { PassphraseField } from '../ui/PassphraseField.tsx'
import { sentenceOf } from '../words/sentenceOf.ts'
import styles from './KeyPanel.module.css'
import { useLaterWords } from './useLaterWords.ts'
import { useSession } from './useSession.ts'
import { useTask } from './useTask.ts'
import { useWords } from './useWords.ts'

interface AccessFormProps {
  /** What the server refused. */
  readonly error: unknown
  readonly onGiven: (() => void) | undefined
}

/**
 * Asks for the API key that the server wants. It is kept in this tab's memory alone, and read from the form once. What was asked
 * and refused is asked again; what a person did is done again by `onGiven`, or by the person.
 */
export function AccessForm({ error, onGiven }: AccessFormProps) {
  const words = useLaterWords().access
  const { server } = useSession()
  const queries = useQueryClient()
  const [answered, setAnswered] = useState<unknown>(null)
  const task = useTask(async (key: string) => {
    server.identify(key)
    setAnswered(error)
    onGiven?.()
    await queries.refetchQueries({ predicate: ({ state }) => state.status === 'error' })
  })
  const whole = useStepFocused(onGiven === undefined)
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = event.currentTarget
    const key = String(new FormData(form).get('api-key')).trim()
    form.reset()
    task.run(key)
  }
  return (
    <div ref={whole}>
      {answered === error ? (
        <p role="status" tabIndex={-1} ref={takeFocus}>
          {words.given}
        </p>
      ) : (
        <form className={styles.form} onSubmit={submit}>
          <PassphraseField label={words.label} name="api-key" chosen={false} other hint={words.hint} />
          {task.error !== null && <Unfit error={task.error} />}
          <div className={styles.actions}>
            <Button primary submit pending={task.pending}>
              {words.use}
            </Button>
          </div>
        </form>
      )}
    </div>
  )
}

/** As the form goes with the focus in it, its step takes that, where nothing else that goes on would. */
function useStepFocused(takes: boolean) {
  const whole = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const node = whole.current
    return () => {
      if (takes && node?.contains(document.activeElement)) node.closest('section')?.focus({ preventScroll: true })
    }
  }, [takes])
  return whole
}

/** The form that had the focus is gone. */
const takeFocus = (node: HTMLElement | null): void => node?.focus()

/** A text that is no key. */
function Unfit({ error }: { readonly error: unknown }) {
  const words = useWords()
  return <Alert code={asBlindscoreError(error).code} message={sentenceOf(words, error)} details={null} />
}
