import type { Card, Feature } from '../../core/card/card.ts'
import { countsAs } from '../../reader/policies.ts'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import styles from './ModelCard.module.css'
import { useWords } from './useWords.ts'

/** The columns that a model takes: what each means, what it may hold, and what becomes of a cell that is missing. */
export function ModelFeatures({ card }: { readonly card: Card }) {
  const words = useWords().modelCard
  return (
    <Scroller label={words.columns}>
      <table className={grid.grid}>
        <thead>
          <tr>
            <th scope="col">{words.column}</th>
            <th scope="col">{words.meaning}</th>
            <th scope="col">{words.allowed}</th>
            <th scope="col">{words.whenMissing}</th>
            <th scope="col">{words.otherwise}</th>
          </tr>
        </thead>
        <tbody>
          {card.features.map((feature, f) => (
            <Row key={feature.name} feature={feature} reference={countsAs(card, f, 'unknown')} />
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

interface RowProps {
  readonly feature: Feature
  /** What an unknown value counts as. */
  readonly reference: string | null
}

function Row({ feature, reference }: RowProps) {
  const { modelCard, columns } = useWords()
  const { name, label, missing } = feature
  const { refuse, impute, keep } = modelCard.missing
  return (
    <tr>
      <th scope="row" translate="no">
        {name}
      </th>
      <td translate="no">{label ?? ''}</td>
      <td className={styles.allowed}>{columns.allowed(feature)}</td>
      <td>{missing.policy === 'impute' ? impute(missing.value) : missing.policy === 'keep' ? keep : refuse}</td>
      <td>{modelCard.policiesOf(feature, reference).join('; ')}</td>
    </tr>
  )
}
