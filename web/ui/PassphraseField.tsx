import { useEffect, useId, useRef } from 'react'
import styles from './PassphraseField.module.css'

interface PassphraseFieldProps {
  readonly label: string
  readonly name: string
  /** Whether one is chosen here, or an earlier one is given: password managers act on it. */
  readonly chosen: boolean
  readonly shortest?: number
  readonly hint?: string
  readonly focus?: boolean
}

/** A field for a passphrase. What is typed stays in the field: whoever needs it reads the form once. */
export function PassphraseField({ label, name, chosen, shortest, hint, focus = false }: PassphraseFieldProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (focus) input.current?.focus()
  }, [focus])
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        ref={input}
        className={styles.input}
        type="password"
        name={name}
        required
        minLength={shortest}
        autoComplete={chosen ? 'new-password' : 'current-password'}
        autoCapitalize="none"
        spellCheck={false}
        aria-describedby={hint ? `${id}-hint` : undefined}
      />
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  )
}
