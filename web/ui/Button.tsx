import type { ReactNode, Ref } from 'react'
import { Button as AriaButton } from 'react-aria-components/Button'
import styles from './Button.module.css'

interface ButtonProps {
  readonly children: ReactNode
  readonly onPress: () => void
  /** The one action that a step leads to. */
  readonly primary?: boolean
  readonly disabled?: boolean
  /** Work is under way: the button keeps the focus, says so, and takes no press. */
  readonly pending?: boolean
  readonly ref?: Ref<HTMLButtonElement>
}

export function Button({ children, onPress, primary = false, disabled = false, pending = false, ref }: ButtonProps) {
  return (
    <AriaButton
      {...(ref && { ref })}
      className={`${styles.button} ${primary ? styles.primary : ''}`}
      isDisabled={disabled}
      isPending={pending}
      onPress={onPress}
    >
      {children}
    </AriaButton>
  )
}
