import { useEffect, useId, useRef } from 'react'
import styles from './PassphraseField.module.css'

interface PassphraseFieldProps {
  readonly label: string
  readonly name: string
  /** Whether one is chosen here, or an earlier one is given: password managers act on it. */
  readonly chosen: boolean
  /** It is no passphrase of this page: a password manager that has one must not fill that in here. */
  readonly other?: boolean
  readonly shortest?: number
  readonly hint?: string
  readonly focus?: boolean
  /** Its letters can be read. */
  readonly shown?: boolean
  /** Hears what is in the field, to say something of it at once. */
  readonly onType?: (text: string) => void
}

/** A field for a passphrase. What is typed stays in the field: whoever needs it reads the form once. */
export function PassphraseField(props: PassphraseFieldProps) {
  const { label, name, chosen, shortest, hint, focus = false, shown = false, other = false, onType } = props
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
        type={shown ? 'text' : 'password'}
        translate="no"
        name={name}
        required
        minLength={shortest}
        autoComplete={other ? 'one-time-code' : chosen ? 'new-password' : 'current-password'}
        autoCapitalize="none"
        spellCheck={false}
        onInput={({ currentTarget }) => onType?.(currentTarget.value)}
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
