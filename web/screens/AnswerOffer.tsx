import { useEffect, useState } from 'react'
import type { Preview } from '../../reader/inspect.ts'
import { epsilons, turningProbability, usualEpsilon } from '../../study/randomised.ts'
import type { Answering, AnsweringState } from '../session/answering.ts'
import { lookedAt } from '../session/validating.ts'
import { Select } from '../ui/Select.tsx'
import { Step } from '../ui/Step.tsx'
import { sideConsents } from '../words/sideConsent.ts'
import { Underway } from './AnswerUnderway.tsx'
import { BoundedNumber } from './BoundedNumber.tsx'
import styles from './Outcomes.module.css'
import { SideConsent } from './SideConsent.tsx'
import { useAnsweringWords } from './useAnsweringWords.ts'
import { useSession } from './useSession.ts'
import { useLanguageId } from './useWords.ts'

interface AnswerOfferProps {
  readonly answering: Answering
  readonly state: AnsweringState & { readonly asked: NonNullable<AnsweringState['asked']> }
  /** Of outcomes. */
  readonly file: File
  readonly preview: Preview
}

/** The outcomes, how they are given, what that tells, and what is agreed to before an answer is made. */
export function AnswerOffer(props: AnswerOfferProps) {
  const { answering, state } = props
  const words = useAnsweringWords()
  const language = useLanguageId()
  const { offer, matched, busy, under } = state
  const { title, sectionsOf } = sideConsents.answer[language]
  return (
    <>
      <Step title={words.outcomes.title}>
        <div className={styles.panel}>
          <OutcomeColumn {...props} />
          {matched && <p>{words.outcomes.matched(matched.records, matched.leftOut)}</p>}
        </div>
      </Step>
      {matched && (
        <Step title={words.give.title}>
          <div className={styles.panel}>
            <Ways answering={answering} state={state} />
            {offer && <Tells offer={offer} />}
          </div>
        </Step>
      )}
      {offer && (
        <SideConsent
          title={words.consent.title}
          consent={{ title, sectionsOf: (declared) => sectionsOf({ ...offer.facts, declared }) }}
          agree={words.consent.agree}
          act={words.consent.act}
          pending={busy}
          onAgree={(text, own) => void answering.answer(text, own)}
        >
          {under && <Underway answering={answering} state={state} />}
        </SideConsent>
      )}
    </>
  )
}

/** Which column has the outcomes: the one that is called as in the study, or one that is pointed at. */
function OutcomeColumn({ answering, state: { asked }, file, preview }: AnswerOfferProps) {
  const { outcomes: words } = useAnsweringWords()
  const session = useSession()
  const { header } = preview
  const once = header.filter((name) => header.indexOf(name) === header.lastIndexOf(name))
  const [column, setColumn] = useState(() => once.find((name) => name === asked.study.outcome.name) ?? '')
  useEffect(() => {
    const looked = lookedAt({ ...session.state, file, preview })
    // What was checked anew has no outcomes yet.
    if (looked && column !== '' && asked) void answering.read(looked, column)
  }, [answering, asked, session, file, preview, column])
  return (
    <div className={styles.fields}>
      <Select
        label={words.column}
        value={column}
        options={[
          ...(column === '' ? [{ value: '', text: words.choose }] : []),
          ...once.map((name) => ({ value: name, text: name, isData: true })),
        ]}
        onChange={setColumn}
      />
    </div>
  )
}

/** As they are, or turned at random by an ε. */
function Ways({ answering, state: { asked, epsilon } }: Pick<AnswerOfferProps, 'answering' | 'state'>) {
  const { give: words } = useAnsweringWords()
  if (!asked.isEvent) return <p>{words.alone}</p>
  const way = epsilon === null ? 'exact' : 'turned'
  return (
    <div className={styles.fields}>
      <Select
        label={words.how}
        value={way}
        options={(['turned', 'exact'] as const).map((value) => ({ value, text: words.ways[value] }))}
        onChange={(value) => void answering.turnBy(value === 'exact' ? null : usualEpsilon)}
      />
      {epsilon !== null && (
        <BoundedNumber
          label={words.epsilon}
          value={epsilon}
          isFit={(value) => value >= epsilons.least && value <= epsilons.most}
          range={words.epsilonRange(epsilons.least, epsilons.most)}
          onChange={(value) => void answering.turnBy(value)}
        />
      )}
    </div>
  )
}

/** What of single outcomes could be read, and what it costs that less can. */
function Tells({ offer: { told, facts } }: { readonly offer: NonNullable<AnsweringState['offer']> }) {
  const { give: words } = useAnsweringWords()
  const { randomised, squares } = facts
  return (
    <>
      <p>{words.readable(told.readable, told.records, randomised !== null)}</p>
      {randomised && <p>{words.turned(turningProbability(randomised.epsilon), randomised.odds)}</p>}
      {randomised && told.price !== null && <p className={styles.about}>{words.price(told.price)}</p>}
      {!randomised && <p className={styles.about}>{words.exact}</p>}
      {squares && <p className={styles.about}>{words.squares}</p>}
    </>
  )
}
