import type { SessionState } from '../session/session.ts'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import styles from './Preview.module.css'
import { useWords } from './useWords.ts'

/** So many columns are shown; a file may have thousands. */
const mostColumns = 60

interface FirstRowsProps {
  readonly preview: NonNullable<SessionState['preview']>
  /** In a lower box. */
  readonly few: boolean
}

/** The first rows of a file, cell by cell, and how much of the file they are. */
export function FirstRows({ preview, few }: FirstRowsProps) {
  const words = useWords().preview
  const { header, rows, complete } = preview
  const shown = header.slice(0, mostColumns)
  const numeric = shown.map((_, c) => isNumeric(rows, c))
  return (
    <>
      <Scroller label={words.rows} className={few ? styles.fewRows : styles.rows}>
        <table className={grid.grid} aria-label={words.firstRows}>
          <thead>
            <tr>
              <th scope="col" className={`${grid.number} ${grid.tight}`}>
                {words.row}
              </th>
              {shown.map((name, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place; names may repeat
                <th key={i} scope="col" translate="no" className={numeric[i] ? grid.number : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody translate="no">
            {rows.map((row, r) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
              <tr key={r}>
                <td className={grid.number}>{r + 1}</td>
                {row.slice(0, mostColumns).map((cell, c) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                  <td key={c} className={numeric[c] ? `${grid.readable} ${grid.number}` : grid.readable}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      <p className={styles.extent}>
        {words.extent({ rows: rows.length, complete, columns: header.length, shown: shown.length })}
      </p>
    </>
  )
}

/** Whether all that stands in a column looks like a number, however it is written: such cells stand below each other's digits. */
function isNumeric(rows: readonly (readonly string[])[], column: number): boolean {
  const cells = rows.map((row) => row[column]?.trim() ?? '').filter((cell) => cell !== '')
  return cells.length > 0 && cells.every((cell) => /^[+\-−]?[\d.,'’\s]*\d[\d.,'’\s]*(?:e[+-]?\d+)?\s?%?$/i.test(cell))
}
