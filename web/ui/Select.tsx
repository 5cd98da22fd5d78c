import { useId } from 'react'
import styles from './Select.module.css'

interface Option<Value extends string> {
  readonly value: Value
  readonly text: string
  /** The text is no language's: the name of a column, say. */
  readonly isData?: boolean
}

interface SelectProps<Value extends string> {
  readonly label: string
  /** Another accessible name than the label that is seen; it should contain it. */
  readonly name?: string
  readonly hideLabel?: boolean
  readonly value: Value
  readonly options: readonly Option<Value>[]
  /** More of them below, under titles. */
  readonly groups?: readonly { readonly title: string; readonly options: readonly Option<Value>[] }[]
  readonly disabled?: boolean
  readonly invalid?: boolean
  readonly onChange: (value: Value) => void
}

/** The browser's own select: it fits the platform, the keyboard and the reader that a person has. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, name, hideLabel = false, value, options, groups, disabled = false, invalid = false, onChange } = props
  const id = useId()
  return (
    <span className={styles.field}>
      {!hideLabel && (
        <label htmlFor={id} className={styles.label}>
          {label}
        </label>
      )}
      <select
        id={id}
        className={styles.select}
        aria-label={name ?? (hideLabel ? label : undefined)}
        aria-invalid={invalid || undefined}
        value={value}
        disabled={disabled}
        onChange={({ currentTarget }) => onChange(currentTarget.value as Value)}
      >
        {options.map(optionOf)}
        {groups?.map(({ title, options: own }) => (
          <optgroup key={title} label={title}>
            {own.map(optionOf)}
          </optgroup>
        ))}
      </select>
    </span>
  )
}

function optionOf<Value extends string>({ value, text, isData }: Option<Value>) {
  return (
    <option key={value} value={value} translate={isData ? 'no' : undefined}>
      {text}
    </option>
  )
}
