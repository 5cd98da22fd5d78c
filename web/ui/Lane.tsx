import styles from './Lane.module.css'

/** What a lane turns into what: its bar runs from the first colour to the second. */
export type LaneKind = 'seals' | 'sealed' | 'opens'

interface LaneProps {
  readonly label: string
  readonly kind: LaneKind
  /** From 0 to 1. */
  readonly part: number
  /** How far it has come, in words. */
  readonly done: string
}

export function Lane({ label, kind, part, done }: LaneProps) {
  return (
    <div className={styles.lane} data-kind={kind}>
      <span>{label}</span>
      <span className={styles.track}>
        <span className={styles.bar} style={{ transform: `scaleX(${part})` }} />
      </span>
      <span className={styles.done}>{done}</span>
    </div>
  )
}
