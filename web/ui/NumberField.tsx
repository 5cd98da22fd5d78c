import { useId, useState } from 'react'
import styles from './TextField.module.css'

interface NumberFieldProps {
  readonly label: string
  /** In a table, say, whose heads are seen. */
  readonly hideLabel?: boolean
  readonly value: number
  readonly onChange: (value: number) => void
}

/** The browser's own field for a number. What is no number while it is typed changes nothing. */
export function NumberField({ label, hideLabel = false, value, onChange }: NumberFieldProps) {
  const id = useId()
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <span className={styles.field}>
      {!hideLabel && <label htmlFor={id}>{label}</label>}
      <input
        id={id}
        aria-label={hideLabel ? label : undefined}
        type="number"
        step="any"
        translate="no"
        value={typed ?? String(value)}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value)
          if (Number.isFinite(currentTarget.valueAsNumber)) onChange(currentTarget.valueAsNumber)
        }}
        onBlur={() => setTyped(null)}
      />
    </span>
  )
}
