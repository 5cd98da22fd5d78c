import { useId } from 'react'
import styles from './TextField.module.css'

interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly type?: 'text' | 'search'
  /** The longest text, in characters. */
  readonly most?: number
  readonly onChange: (value: string) => void
}

/** The browser's own field for a short text. */
export function TextField({ label, value, type = 'text', most = 100, onChange }: TextFieldProps) {
  const id = useId()
  return (
    <span className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        translate="no"
        maxLength={most}
        autoComplete="off"
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </span>
  )
}
