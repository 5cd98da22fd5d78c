import { ColumnName } from './ColumnName.tsx'
import styles from './MatchStep.module.css'
import { useWords } from './useWords.ts'

/** So many are named; a file may have thousands. */
const most = 200

interface UnusedColumnsProps {
  readonly header: readonly string[]
  /** Places of columns in the file. */
  readonly unused: readonly number[]
}

/** The columns that feed nothing. */
export function UnusedColumns({ header, unused }: UnusedColumnsProps) {
  const words = useWords().match
  return (
    <div className={styles.unused}>
      <h3 id="stays-here">{words.unused}</h3>
      <ul aria-labelledby="stays-here">
        {unused.slice(0, most).map((column) => (
          <li key={column}>
            <ColumnName header={header} column={column} />
          </li>
        ))}
        {unused.length > most && <li>{words.moreUnused(unused.length - most)}</li>}
      </ul>
    </div>
  )
}
