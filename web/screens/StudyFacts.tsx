import { usualLink } from '../../stats/families.ts'
import type { StudyFile } from '../../study/studyFile.ts'
import { Data } from '../ui/Data.tsx'
import { Facts } from '../ui/Facts.tsx'
import styles from './Pool.module.css'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { usePoolWords } from './usePoolWords.ts'

/** What a study explains by what, who asks for it, and what for: as its file says. */
export function StudyFacts({ study }: { readonly study: StudyFile }) {
  const { invited: words } = usePoolWords()
  const { fit } = useOutcomeWords()
  const { outcome, event, family, link, terms, description, agreement } = study
  return (
    <>
      <Facts
        facts={[
          {
            name: words.outcome,
            value: <Data>{event === undefined ? outcome.name : `${outcome.name} = ${event}`}</Data>,
          },
          { name: words.family, value: <Data>{family}</Data> },
          { name: fit.link, value: <Data>{link ?? usualLink(family)}</Data> },
          { name: words.columns, value: <Data>{terms.join(', ')}</Data> },
          ...words.agreement.flatMap(({ member, name }) => {
            const text = agreement?.[member]
            return text === undefined ? [] : [{ name, value: <Data>{text}</Data> }]
          }),
        ]}
      />
      {description !== '' && (
        <>
          <h3>{words.purpose}</h3>
          <p translate="no" className={styles.text}>
            {description}
          </p>
        </>
      )}
    </>
  )
}
