import type { SessionState } from '../session/session.ts'
import { Button } from '../ui/Button.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import grid from '../ui/Grid.module.css'
import { counted, integer } from '../ui/numbers.ts'
import { Scroller } from '../ui/Scroller.tsx'
import { FormatSelects } from './FormatSelects.tsx'
import styles from './Preview.module.css'
import { useSession, useSessionState } from './useSession.ts'

/** So many columns are shown; a file may have thousands. */
const mostColumns = 60

/** The file's first rows, as they are read, and how they are read. */
export function Preview({ preview }: { readonly preview: NonNullable<SessionState['preview']> }) {
  const session = useSession()
  const sample = useSessionState((state) => state.origin === 'sample')
  const table = useSessionState((state) => state.table)
  const confirmDecimal = useSessionState((state) => state.confirmDecimal)
  const { header, rows, notes, format, complete } = preview
  const shown = header.slice(0, mostColumns)
  const more = header.length - shown.length
  return (
    <section className={styles.preview} aria-label="Preview">
      {sample ? (
        <Disclosure title="How the file is read">
          <FormatSelects format={format} />
        </Disclosure>
      ) : (
        !table && <FormatSelects format={format} />
      )}
      {notes.length > 0 && (
        <ul className={styles.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {confirmDecimal && (
        <div className={styles.confirm}>
          <p>Is that right? Nothing is checked before you say so.</p>
          <Button primary onPress={() => session.file.confirmDecimalMark()}>
            Read numbers with a decimal comma
          </Button>
        </div>
      )}
      <Scroller label="Rows of the file" className={sample ? styles.fewRows : styles.rows}>
        <table className={grid.grid} aria-label="First rows">
          <thead>
            <tr>
              <th scope="col" className={`${grid.number} ${grid.tight}`}>
                Row
              </th>
              {shown.map((name, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place; names may repeat
                <th key={i} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, r) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
              <tr key={r}>
                <td className={grid.number}>{r + 1}</td>
                {row.slice(0, mostColumns).map((cell, c) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                  <td key={c} className={grid.readable}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      <p className={styles.extent}>
        {complete ? counted(rows.length, 'row') : `The first ${integer(rows.length)} rows`},{' '}
        {counted(header.length, 'column')}
        {more > 0 && `, of which the first ${mostColumns} are shown`}
      </p>
    </section>
  )
}
