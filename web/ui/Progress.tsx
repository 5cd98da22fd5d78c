import styles from './Progress.module.css'

interface ProgressProps {
  readonly label: string
  /** From 0 to 1. */
  readonly part: number
  /** The same in words, which stand beside the bar. */
  readonly text: string
}

/** How far some reading of the person's own cells has come. */
export function Progress({ label, part, text }: ProgressProps) {
  const percent = Math.floor(100 * part)
  return (
    <div className={styles.progress}>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={text}
        className={styles.track}
      >
        <div className={styles.bar} style={{ inlineSize: `${percent}%` }} />
      </div>
      <p>{text}</p>
    </div>
  )
}
