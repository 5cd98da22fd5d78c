import { Fragment } from 'react'
import { sealedDigest } from './address.ts'
import styles from './ServerSide.module.css'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { usePoolWords } from './usePoolWords.ts'
import { useSealedWords } from './useSealedWords.ts'

/** What the server has to do with outcomes: nothing, or it carries what owners of a pooled study say, or sealed records and the answer to them. */
export function OutcomesSide({ study }: { readonly study: string | null }) {
  if (study === null) return <Alone />
  return sealedDigest() !== null ? <OfSealed /> : <OfPool />
}

const Alone = () => <Views views={useOutcomeWords().seen} />
const OfSealed = () => <Views views={useSealedWords().seen} />
const OfPool = () => <Views views={usePoolWords().seen} />

function Views({ views }: { readonly views: readonly { readonly name: string; readonly what: string }[] }) {
  return (
    <dl className={styles.views}>
      {views.map(({ name, what }) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{what}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
