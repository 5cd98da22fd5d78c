import styles from './Crossing.module.css'
import { useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** As many marks as stand for the records of a run, on either side. */
const marks = 12

/** The line in a picture that moves with the run: readable on the left, sealed where it crosses and on the right. */
export function Crossing() {
  const words = useWords().footer
  const { status, total, sent, answered, opened } = useCrossing()
  const part = (records: number): number => (total === 0 ? 0 : Math.round((marks * records) / total))
  const row = (from: number, to: number) =>
    Array.from({ length: marks }, (_, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: marks are told apart by nothing else.
      <i key={i} data-on={i >= from && i < to} />
    ))
  return (
    <div className={styles.crossing} role="img" aria-label={words.picture(sent, opened, total)} data-run={status}>
      <span className={styles.label}>{words.records}</span>
      <span className={styles.readable}>{row(part(sent), marks)}</span>
      <span className={styles.up}>
        <b />
        <b />
        <b />
      </span>
      <span className={styles.sealed}>{row(part(answered), part(sent))}</span>
      <span className={styles.label}>{words.model}</span>
      <span className={styles.label}>{words.scores}</span>
      <span className={styles.readable}>{row(0, part(opened))}</span>
      <span className={styles.down}>
        <b />
        <b />
        <b />
      </span>
      <span className={styles.sealed}>{row(part(opened), part(answered))}</span>
      <span className={styles.label}>{words.sealed}</span>
    </div>
  )
}

/** How many records stand where, in the last run. */
function useCrossing() {
  const run = useSessionState((state) => state.run)
  const scorable = useSessionState((state) => state.report?.scorable ?? 0)
  if (run.status === 'done') {
    return { status: 'done', total: scorable, sent: scorable, answered: scorable, opened: scorable }
  }
  const progress = 'progress' in run ? run.progress : null
  const { sent = 0, answered = 0, opened = 0 } = progress?.records ?? {}
  return { status: run.status, total: progress?.total ?? 0, sent, answered, opened }
}
