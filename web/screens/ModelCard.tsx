import type { Card, Feature } from '../../core/card/card.ts'
import { Data } from '../ui/Data.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { type Fact, Facts } from '../ui/Facts.tsx'
import grid from '../ui/Grid.module.css'
import { grouped } from '../ui/grouped.ts'
import { Scroller } from '../ui/Scroller.tsx'
import { DerivedColumns } from './DerivedColumns.tsx'
import styles from './ModelCard.module.css'
import { useWords } from './useWords.ts'

/** So many responses stand for an outcome that is not stated. */
const mostNamed = 6

/** What is public of a model: what it predicts, from which columns, how well, and how exactly it is computed. */
export function ModelCard({ card }: { readonly card: Card }) {
  const words = useWords().modelCard
  const { description, features, derived } = card
  return (
    <div className={styles.card}>
      {description && (
        <p translate="no" className={styles.description}>
          {description}
        </p>
      )}
      <Promises card={card} />
      <div>
        <Disclosure title={words.takes(features.length)}>
          <Features features={features} />
        </Disclosure>
        {derived.length > 0 && (
          <Disclosure title={words.makes(derived.length)}>
            <DerivedColumns derived={derived} />
          </Disclosure>
        )}
        <Disclosure title={words.origin}>
          <Origin card={card} />
        </Disclosure>
      </div>
    </div>
  )
}

function Promises({ card }: { readonly card: Card }) {
  const { modelCard: words, numbers } = useWords()
  const { outcome, responses, quality, data, tolerance } = card
  const facts: Fact[] = [
    { name: words.predicts, value: <Data>{outcome || responses.slice(0, mostNamed).join(', ')}</Data> },
    { name: words.quality, value: quality ? words.stated(quality) : words.notStated },
    ...(data ? [{ name: words.fittedOn, value: words.data(data) }] : []),
    { name: words.exactTo, value: numbers.within(tolerance) },
  ]
  return <Facts facts={facts} />
}

function Origin({ card }: { readonly card: Card }) {
  const words = useWords().modelCard
  const { data, version, hash } = card
  const facts: Fact[] = [
    ...(data?.source ? [{ name: words.source, value: <Data>{data.source}</Data> }] : []),
    ...(data?.licence ? [{ name: words.licence, value: <Data>{data.licence}</Data> }] : []),
    { name: words.version, value: <Data>{version}</Data> },
    {
      name: words.card,
      value: (
        <code translate="no" title={hash}>
          {grouped(hash.slice(0, 16))}
        </code>
      ),
    },
  ]
  return <Facts facts={facts} />
}

function Features({ features }: { readonly features: readonly Feature[] }) {
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
