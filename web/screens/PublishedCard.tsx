import { Data } from '../ui/Data.tsx'
import { Facts } from '../ui/Facts.tsx'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import { Step } from '../ui/Step.tsx'
import type { ModelCheck } from '../vendor/reviewModelFile.ts'
import { DerivedColumns } from './DerivedColumns.tsx'
import { PublishedRecords } from './PublishedRecords.tsx'
import { useLaterWords } from './useLaterWords.ts'
import { useWords } from './useWords.ts'
import styles from './VendorPage.module.css'

type Card = ModelCheck['card']

/** So many heads are named; a model may have a thousand. */
const mostHeads = 12

/** What everybody who can reach the server would see of the model. */
export function PublishedCard({ card }: { readonly card: Card }) {
  const words = useLaterWords().published
  const heads = card.heads.slice(0, mostHeads).map(({ name }) => name)
  const link = typeof card.link === 'string' ? card.link : Object.keys(card.link).join()
  return (
    <Step title={words.title} aside={words.who}>
      <Facts
        facts={[
          { name: words.cardTitle, value: <Data>{card.title}</Data> },
          { name: words.predicts, value: card.outcome ? <Data>{card.outcome}</Data> : words.notSaid },
          { name: words.heads, value: <Data>{heads.join(', ')}</Data> },
          { name: words.link, value: <Data>{link}</Data> },
          { name: words.verification, value: words.records(card.verification.length) },
        ]}
      />
      <PublishedColumns features={card.features} />
      <PublishedRecords card={card} />
      {card.derived.length > 0 && (
        <>
          <p>{words.derived(card.derived.length)}</p>
          <DerivedColumns derived={card.derived} />
        </>
      )}
    </Step>
  )
}

function PublishedColumns({ features }: { readonly features: Card['features'] }) {
  const words = useLaterWords().published
  const { columns } = useWords()
  return (
    <Scroller label={words.columns} className={styles.columns}>
      <table className={grid.grid} aria-label={words.columns}>
        <thead>
          <tr>
            <th scope="col">{words.column}</th>
            <th scope="col">{words.allowed}</th>
            <th scope="col">{words.otherNames}</th>
          </tr>
        </thead>
        <tbody>
          {features.map((feature) => (
            <tr key={feature.name}>
              <th scope="row" translate="no">
                {feature.name}
              </th>
              <td className={styles.allowed}>{columns.allowed(feature)}</td>
              <td translate="no">{feature.aliases.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}
