import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'

interface FigureTableProps {
  readonly title: string
  readonly head: readonly string[]
  /** The first cell of each row names it. */
  readonly rows: readonly (readonly string[])[]
}

/** Figures of a person's own records, with a name for each row. */
export function FigureTable({ title, head, rows }: FigureTableProps) {
  return (
    <Scroller label={title} className={grid.scroller ?? ''}>
      <table className={grid.grid} aria-label={title}>
        <thead>
          <tr>
            {head.map((text, c) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <th key={c} scope="col" className={c === 0 ? undefined : grid.number}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody translate="no">
          {rows.map(([name = '', ...cells], i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
            <tr key={i}>
              <th scope="row">{name}</th>
              {cells.map((cell, c) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                <td key={c} className={grid.number}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}
