import type { Feature } from '../../core/card/card.ts'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import styles from './ModelCard.module.css'
import { useWords } from './useWords.ts'

/** The columns that a model takes: what each means, what it may hold, and what becomes of a cell that is missing. */
export function ModelFeatures({ features }: { readonly features: readonly Feature[] }) {
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
          </tr>
        </thead>
        <tbody>
          {features.map((feature) => (
            <Row key={feature.name} feature={feature} />
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

function Row({ feature }: { readonly feature: Feature }) {
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
    </tr>
  )
}
