import type { ReactNode, Ref } from 'react'
import styles from './Button.module.css'

interface ButtonProps {
  readonly children: ReactNode
  /** Not needed where the button submits its form. */
  readonly onPress?: () => void
  /** Submits the form around it. */
  readonly submit?: boolean
  /** Another accessible name than the text; it should begin with the text. */
  readonly label?: string | undefined
  /** Beside what it is about, in few letters. */
  readonly quiet?: boolean
  /** The one action that a step leads to. */
  readonly primary?: boolean
  /** Something is gone after a press, and does not come back. */
  readonly destroys?: boolean
  readonly disabled?: boolean
  /** Work is under way: the button keeps the focus, says so, and takes no press. */
  readonly pending?: boolean
  readonly ref?: Ref<HTMLButtonElement>
}

export function Button(props: ButtonProps) {
  const {
    children,
    onPress,
    label,
    primary = false,
    destroys = false,
    quiet = false,
    submit = false,
    disabled = false,
    pending = false,
    ref,
  } = props
  return (
    <button
      ref={ref}
      aria-label={label}
      className={`${styles.button} ${primary ? styles.primary : ''} ${destroys ? styles.destroys : ''} ${quiet ? styles.quiet : ''}`}
      disabled={disabled}
      aria-disabled={pending || undefined}
      data-pending={pending || undefined}
      type={submit && !pending ? 'submit' : 'button'}
      onClick={pending ? undefined : onPress}
    >
      {/* In an element of its own: see PartsText. */}
      {typeof children === 'string' ? <span>{children}</span> : children}
    </button>
  )
}
