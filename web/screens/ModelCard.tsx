import type { Card, Feature } from '../../core/card/card.ts'
import { Disclosure } from '../ui/Disclosure.tsx'
import { type Fact, Facts } from '../ui/Facts.tsx'
import grid from '../ui/Grid.module.css'
import { brief, counted, grouped } from '../ui/numbers.ts'
import { Scroller } from '../ui/Scroller.tsx'
import { DerivedColumns } from './DerivedColumns.tsx'
import { allowed } from './feature.ts'
import styles from './ModelCard.module.css'

/** So many responses stand for an outcome that is not stated. */
const mostNamed = 6

/** What is public of a model: what it predicts, from which columns, how well, and how exactly it is computed. */
export function ModelCard({ card }: { readonly card: Card }) {
  const { quality, data, derived } = card
  const facts: Fact[] = [
    { name: 'Predicts', value: card.outcome || card.responses.slice(0, mostNamed).join(', ') },
    {
      name: 'Quality',
      value: quality
        ? `${quality.metric} ${brief(quality.value)}${quality.on ? `, on ${quality.on}` : ''}`
        : 'not stated',
    },
    ...(data ? [{ name: 'Fitted on', value: fittedOn(data) }] : []),
    { name: 'Linear predictor exact to', value: `±${card.tolerance}` },
  ]
  const origin: Fact[] = [
    ...(data?.source ? [{ name: 'Source of the data', value: data.source }] : []),
    ...(data?.licence ? [{ name: 'Its licence', value: data.licence }] : []),
    { name: 'Version of the model', value: card.version },
    { name: 'Its card', value: <code title={card.hash}>{grouped(card.hash.slice(0, 16))}</code> },
  ]
  return (
    <div className={styles.card}>
      {card.description && <p className={styles.description}>{card.description}</p>}
      <Facts facts={facts} />
      <div>
        <Disclosure title={`The ${counted(card.features.length, 'column')} it takes`}>
          <Scroller label="Columns of the model">
            <table className={grid.grid}>
              <thead>
                <tr>
                  <th scope="col">Column</th>
                  <th scope="col">Meaning</th>
                  <th scope="col">Allowed</th>
                  <th scope="col">When it is missing</th>
                </tr>
              </thead>
              <tbody>
                {card.features.map((feature) => (
                  <Row key={feature.name} feature={feature} />
                ))}
              </tbody>
            </table>
          </Scroller>
        </Disclosure>
        {derived.length > 0 && (
          <Disclosure title={`The ${counted(derived.length, 'column')} made of them in this browser`}>
            <DerivedColumns derived={derived} />
          </Disclosure>
        )}
        <Disclosure title="Where it comes from">
          <Facts facts={origin} />
        </Disclosure>
      </div>
    </div>
  )
}

/** "Home equity loans, 4,039 rows". */
function fittedOn({ name, rows }: NonNullable<Card['data']>): string {
  return rows === undefined ? name : `${name}, ${counted(rows, 'row')}`
}

function Row({ feature }: { readonly feature: Feature }) {
  const { name, label, missing } = feature
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{label ?? ''}</td>
      <td className={styles.allowed}>{allowed(feature)}</td>
      <td>{whenMissing(missing)}</td>
    </tr>
  )
}

function whenMissing(missing: Feature['missing']): string {
  switch (missing.policy) {
    case 'refuse':
      return 'the row is left out'
    case 'impute':
      return `counts as ${missing.value}`
    case 'keep':
      return 'is scored as missing'
  }
}
