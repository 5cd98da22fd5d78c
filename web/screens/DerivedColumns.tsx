import type { Card } from '../../core/card/card.ts'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import styles from './DerivedColumns.module.css'
import { useLaterWords } from './useLaterWords.ts'

/** So many columns are listed; a spline or a boosted model may have thousands. */
const most = 300

/** Which columns are public transformations of which, in words. */
export function DerivedColumns({ derived }: { readonly derived: Card['derived'] }) {
  const words = useLaterWords().derivedColumns
  const more = derived.length - most
  return (
    <>
      <Scroller label={words.title} className={styles.columns}>
        <table className={grid.grid} aria-label={words.title}>
          <thead>
            <tr>
              <th scope="col">{words.column}</th>
              <th scope="col">{words.madeAs}</th>
              <th scope="col">{words.meaning}</th>
            </tr>
          </thead>
          <tbody>
            {derived.slice(0, most).map(({ name, label, expression }) => (
              <tr key={name}>
                <th scope="row" translate="no">
                  {name}
                </th>
                <td className={styles.made}>{words.expression(expression)}</td>
                <td translate="no">{label ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {more > 0 && <p>{words.more(more)}</p>}
    </>
  )
}
