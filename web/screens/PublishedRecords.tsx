import type { Card } from '../../core/card/card.ts'
import { Disclosure } from '../ui/Disclosure.tsx'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import { useLaterWords } from './useLaterWords.ts'
import styles from './VendorPage.module.css'

/** So many are shown; a card may have a thousand. */
const most = 50

/** The verification records themselves, since everybody will read them. */
export function PublishedRecords({ card }: { readonly card: Pick<Card, 'features' | 'verification'> }) {
  const words = useLaterWords().published
  const { features, verification } = card
  if (verification.length === 0) return null
  return (
    <Disclosure title={words.showRecords(verification.length)}>
      <p>{words.realPeople}</p>
      <Scroller label={words.verification} className={styles.columns}>
        <table className={grid.grid} aria-label={words.verification}>
          <thead>
            <tr>
              {features.map(({ name }) => (
                <th key={name} scope="col" translate="no">
                  {name}
                </th>
              ))}
              <th scope="col" className={grid.number}>
                {words.gives}
              </th>
            </tr>
          </thead>
          <tbody translate="no">
            {verification.slice(0, most).map(({ record, predictors, responses }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a record is its place
              <tr key={i}>
                {features.map(({ name }) => (
                  <td key={name}>{record[name] ?? ''}</td>
                ))}
                <td className={grid.number}>{(predictors ?? responses ?? []).join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Disclosure>
  )
}
