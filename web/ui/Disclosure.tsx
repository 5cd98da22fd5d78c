import { type ReactNode, useId, useState } from 'react'
import styles from './Disclosure.module.css'

/** Something more, one press away. */
export function Disclosure({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const [open, setOpen] = useState(false)
  const panel = useId()
  return (
    <div className={styles.disclosure}>
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
      {/* biome-ignore lint/a11y/useSemanticElements: no form's fields are grouped here. */}
      <div id={panel} role="group" className={styles.panel} hidden={!open}>
        {open && children}
      </div>
    </div>
  )
}
