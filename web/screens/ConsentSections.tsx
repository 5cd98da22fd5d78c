import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import outcomes from './Outcomes.module.css'
import styles from './Pool.module.css'
import type { usePoolConsent } from './usePoolConsent.ts'

/** A text that somebody agrees to, as `words/consent.ts` has it. */
export function ConsentSections({ sections }: { readonly sections: ReturnType<typeof usePoolConsent>['sections'] }) {
  return sections.map(({ title, lines, table }) => (
    <section key={title} className={styles.section}>
      <h3>{title}</h3>
      {table && (table.head.length === 2 ? <Pairs rows={table.rows} /> : <Rows title={title} {...table} />)}
      {lines.map((line) => (
        <p key={line} className={outcomes.about}>
          {line}
        </p>
      ))}
    </section>
  ))
}

function Pairs({ rows }: { readonly rows: readonly (readonly string[])[] }) {
  return (
    <dl className={styles.learns}>
      {rows.map(([who, what]) => (
        <div key={who}>
          <dt>{who}</dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  )
}

interface RowsProps {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

function Rows({ title, head, rows }: RowsProps) {
  return (
    <Scroller label={title} className={grid.scroller ?? ''}>
      <table className={`${grid.grid} ${styles.whole}`} aria-label={title}>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name = '', ...cells]) => (
            <tr key={cells.at(-1)}>
              <th scope="row">{name}</th>
              {cells.map((cell, at) => (
                <td key={head[at + 1]} translate="no">
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
