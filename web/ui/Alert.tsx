import type { ReactNode } from 'react'
import styles from './Alert.module.css'

interface AlertProps {
  readonly code: string
  /** What went wrong and where. */
  readonly message: string
  /** How to mend it. */
  readonly next?: string | null | undefined
  readonly children?: ReactNode
}

/** An error: announced at once, with its code for machines and what to do next. */
export function Alert({ code, message, next, children }: AlertProps) {
  return (
    <div className={styles.alert}>
      <div role="alert" data-code={code}>
        <p className={styles.message}>{`${message} `}</p>
        {next && <p>{next}</p>}
      </div>
      {children && <div className={styles.actions}>{children}</div>}
      <code translate="no" className={styles.code}>
        {code}
      </code>
    </div>
  )
}
