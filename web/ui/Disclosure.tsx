import { type ReactNode, useId, useState } from 'react'
import styles from './Disclosure.module.css'

interface DisclosureProps {
  readonly title: string
  /** What somebody has to look at is not folded away: it is there, and nothing is to be pressed for it. */
  readonly folds?: boolean
  readonly children: ReactNode
}

/** Something more, one press away. */
export function Disclosure({ title, folds = true, children }: DisclosureProps) {
  const [open, setOpen] = useState(false)
  const panel = useId()
  const shown = open || !folds
  return (
    <div className={styles.disclosure}>
      {folds && (
        <button
          type="button"
          className={styles.trigger}
          aria-expanded={open}
          aria-controls={panel}
          onClick={() => setOpen(!open)}
        >
          <span aria-hidden="true" className={styles.mark} data-open={open} />
          <span>{title}</span>
        </button>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: no form's fields are grouped here. */}
      <div id={panel} role="group" className={styles.panel} hidden={!shown}>
        {shown && children}
      </div>
    </div>
  )
}
