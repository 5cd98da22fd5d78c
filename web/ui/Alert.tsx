import type { ReactNode } from 'react'
import styles from './Alert.module.css'

interface AlertProps {
  readonly code: string
  /** What went wrong and where. */
  readonly message: string
  /** How to mend it. */
  readonly next?: string | null | undefined
  /** For whoever is asked about it: the code and where it came, to be copied. */
  readonly details: ReactNode
  readonly children?: ReactNode
}

/** An error: announced at once, with what to do next; its code is for machines, and for who is asked about it. */
export function Alert({ code, message, next, details, children }: AlertProps) {
  return (
    <div className={styles.alert}>
      <div role="alert" data-code={code}>
        <p className={styles.message}>{`${message} `}</p>
        {next && <p>{next}</p>}
      </div>
      <div className={styles.actions}>
        {children}
        {details}
      </div>
    </div>
  )
}
