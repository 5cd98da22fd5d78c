import type { Card } from '../../core/card/card.ts'
import grid from '../ui/Grid.module.css'
import { counted } from '../ui/numbers.ts'
import { Scroller } from '../ui/Scroller.tsx'
import styles from './DerivedColumns.module.css'
import { expressionWords } from './expressionWords.ts'

/** So many columns are listed; a spline or a boosted model may have thousands. */
const most = 300

/** Which columns are public transformations of which, in words. */
export function DerivedColumns({ derived }: { readonly derived: Card['derived'] }) {
  const more = derived.length - most
  return (
    <>
      <Scroller label="Columns made of others" className={styles.columns}>
        <table className={grid.grid} aria-label="Columns made of others">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Made as</th>
              <th scope="col">Meaning</th>
            </tr>
          </thead>
          <tbody>
            {derived.slice(0, most).map(({ name, label, expression }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className={styles.made}>{expressionWords(expression)}</td>
                <td>{label ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {more > 0 && <p>And {counted(more, 'more column')}.</p>}
    </>
  )
}
