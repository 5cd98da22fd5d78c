import { Suspense } from 'react'
import type { Card } from '../../core/card/card.ts'
import { Data } from '../ui/Data.tsx'
import { Digest } from '../ui/Digest.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { type Fact, Facts } from '../ui/Facts.tsx'
import { later } from './later.tsx'
import styles from './ModelCard.module.css'
import { ModelFeatures } from './ModelFeatures.tsx'
import { useWords } from './useWords.ts'

const DerivedColumns = later(async () => (await import('./DerivedColumns.tsx')).DerivedColumns)

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
          <ModelFeatures card={card} />
        </Disclosure>
        {derived.length > 0 && (
          <Disclosure title={words.makes(derived.length)}>
            <Suspense>
              <DerivedColumns derived={derived} />
            </Suspense>
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
  const words = useWords().modelCard
  const { outcome, responses, quality, data } = card
  const facts: Fact[] = [
    { name: words.predicts, value: <Data>{outcome || responses.slice(0, mostNamed).join(', ')}</Data> },
    { name: words.quality, value: quality ? words.stated(quality) : words.notStated },
    ...(data ? [{ name: words.fittedOn, value: words.data(data) }] : []),
  ]
  return <Facts facts={facts} />
}

function Origin({ card }: { readonly card: Card }) {
  const { modelCard: words, numbers } = useWords()
  const { data, version, hash, tolerance } = card
  const facts: Fact[] = [
    ...(data?.source ? [{ name: words.source, value: <Data>{data.source}</Data> }] : []),
    ...(data?.licence ? [{ name: words.licence, value: <Data>{data.licence}</Data> }] : []),
    { name: words.version, value: <Data>{version}</Data> },
    { name: words.exactTo, value: numbers.within(tolerance) },
    { name: words.card, value: <Digest hex={hash} /> },
  ]
  return <Facts facts={facts} />
}
