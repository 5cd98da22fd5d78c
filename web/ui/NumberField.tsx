import { useId, useState } from 'react'
import styles from './TextField.module.css'
import { typedNumber } from './typedNumber.ts'

interface NumberFieldProps {
  readonly label: string
  /** In a table, say, whose heads are seen. */
  readonly hideLabel?: boolean
  readonly value: number
  readonly onChange: (value: number) => void
}

/**
 * A field for a number. The browser's own drops a comma where its language writes a point, and `0,3` is 3 there. What is no number changes
 * nothing, and stays to be seen until the value comes from elsewhere.
 */
export function NumberField({ label, hideLabel = false, value, onChange }: NumberFieldProps) {
  const id = useId()
  const [typed, setTyped] = useState<{ readonly text: string; readonly value: number } | null>(null)
  const text = typed?.value === value ? typed.text : null
  const isNone = text !== null && typedNumber(text) === null
  return (
    <span className={styles.field}>
      {!hideLabel && <label htmlFor={id}>{label}</label>}
      <input
        id={id}
        aria-label={hideLabel ? label : undefined}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        translate="no"
        aria-invalid={isNone || undefined}
        value={text ?? String(value)}
        onChange={({ currentTarget }) => {
          const read = typedNumber(currentTarget.value)
          setTyped({ text: currentTarget.value, value: read ?? value })
          if (read !== null) onChange(read)
        }}
        onBlur={() => isNone || setTyped(null)}
      />
    </span>
  )
}
