import { type ReactNode, type Ref, useId } from 'react'
import styles from './Step.module.css'

interface StepProps {
  readonly title: string
  readonly children: ReactNode
  /** A few words at the heading's right: where this step stands. */
  readonly aside?: ReactNode
  readonly ref?: Ref<HTMLElement>
  /** Names this step for whoever leads here: see screens/goTo.ts. */
  readonly place?: string
  /** The progress of a run, for machines to read. */
  readonly progress?: string | undefined
}

/** One step of the path: a region with its heading. */
export function Step({ title, children, aside, ref, place, progress }: StepProps) {
  const id = useId()
  return (
    <section
      ref={ref}
      className={styles.step}
      data-place={place}
      aria-labelledby={id}
      tabIndex={-1}
      data-progress={progress}
    >
      <header className={styles.header}>
        <h2 id={id}>{title}</h2>
        {aside && <div className={styles.aside}>{aside}</div>}
      </header>
      {children}
    </section>
  )
}
