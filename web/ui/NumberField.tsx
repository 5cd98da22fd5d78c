import { useId, useState } from 'react'
import styles from './TextField.module.css'

interface NumberFieldProps {
  readonly label: string
  readonly value: number
  readonly onChange: (value: number) => void
}

/** The browser's own field for a number. What is no number while it is typed changes nothing. */
export function NumberField({ label, value, onChange }: NumberFieldProps) {
  const id = useId()
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <span className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
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
