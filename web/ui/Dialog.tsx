import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { Button } from './Button.tsx'
import styles from './Dialog.module.css'

interface DialogProps {
  readonly title: string
  /** What the button says that closes it. */
  readonly close: string
  readonly children: ReactNode
  /** As wide as text wants to be, instead of as a table does. */
  readonly narrow?: boolean
  readonly onClose: () => void
}

/** The browser's own modal dialog: it keeps the focus, closes with Escape and gives the focus back. */
export function Dialog({ title, close, children, narrow = false, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // Before the effects of what it shows, so that a field in it can take the focus that opening gives to the first button.
  useLayoutEffect(() => {
    const open = dialog.current
    open?.showModal()
    return () => open?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className={`${styles.dialog} ${narrow ? styles.narrow : ''}`}
      aria-labelledby={id}
      onClose={onClose}
    >
      <div className={styles.header}>
        <h2 id={id}>{title}</h2>
        <Button onPress={() => dialog.current?.close()}>{close}</Button>
      </div>
      {narrow ? <div className={styles.text}>{children}</div> : children}
    </dialog>
  )
}
