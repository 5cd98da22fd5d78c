import type { ReactNode, Ref } from 'react'
import styles from './Grid.module.css'

interface ScrollerProps {
  readonly label: string
  readonly className?: string | undefined
  readonly children: ReactNode
  readonly ref?: Ref<HTMLDivElement>
}

/** A box that scrolls, with the keyboard too. */
export function Scroller({ label, className = '', children, ref }: ScrollerProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls, and this is no landmark
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div ref={ref} role="group" aria-label={label} tabIndex={0} className={`${styles.scroller} ${className}`}>
      {children}
    </div>
  )
}
