import { useId, useState } from 'react'
import styles from './TextField.module.css'
import { typedNumber } from './typedNumber.ts'

interface NumberFieldProps {
  readonly label: string
  /** In a table, say, whose heads are seen. */
  readonly hideLabel?: boolean
  readonly value: number
  /** Any number is fit where this is not said. */
  readonly isFit?: (value: number) => boolean
  /** Said of what is typed and no fit number. */
  readonly unfit?: string
  readonly onChange: (value: number) => void
}

/**
 * A field for a number. The browser's own drops a comma where its language writes a point, and `0,3` is 3 there. What is no number, or
 * none that fits, changes nothing, and stays to be seen until the value comes from elsewhere.
 */
export function NumberField({ label, hideLabel = false, value, isFit, unfit, onChange }: NumberFieldProps) {
  const id = useId()
  const [typed, setTyped] = useState<{ readonly text: string; readonly value: number } | null>(null)
  const text = typed?.value === value ? typed.text : null
  const read = (said: string): number | null => {
    const number = typedNumber(said)
    return number !== null && (isFit?.(number) ?? true) ? number : null
  }
  const isNone = text !== null && read(text) === null
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
          const number = read(currentTarget.value)
          setTyped({ text: currentTarget.value, value: number ?? value })
          if (number !== null) onChange(number)
        }}
        onBlur={() => isNone || setTyped(null)}
      />
      {isNone && unfit && <span role="alert">{unfit}</span>}
    </span>
  )
}
