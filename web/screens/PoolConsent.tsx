import { useEffect, useRef, useState } from 'react'
import type { Pooling, PoolingState } from '../session/pooling.ts'
import type { InvitedTo } from '../session/poolPlace.ts'
import { Button } from '../ui/Button.tsx'
import { CheckBox } from '../ui/CheckBox.tsx'
import { Step } from '../ui/Step.tsx'
import { ConsentText } from './ConsentText.tsx'
import outcomes from './Outcomes.module.css'
import styles from './Pool.module.css'
import { usePoolConsent } from './usePoolConsent.ts'
import { usePoolWords } from './usePoolWords.ts'

interface PoolConsentProps {
  readonly pooling: Pooling
  readonly invited: InvitedTo
  /** Where the messages lie. */
  readonly place: string
  readonly ready: NonNullable<PoolingState['ready']>
  readonly roster: NonNullable<PoolingState['roster']>
}

/** Who takes part, what leaves, who learns what and what nobody can undo: seen, compared and agreed to before the first sum leaves. */
export function PoolConsent({ pooling, invited, place, ready, roster }: PoolConsentProps) {
  const { consent: words } = usePoolWords()
  const { sections, text } = usePoolConsent({ invited, place, ready, roster })
  const [same, setSame] = useState(false)
  const [agreed, setAgreed] = useState(false)
  const step = useRef<HTMLElement>(null)
  useEffect(() => step.current?.focus(), [])
  return (
    <Step title={words.title} place="consent" ref={step}>
      <div className={outcomes.panel}>
        <h3>{words.code}</h3>
        <p translate="no" className={styles.code}>
          {roster.code}
        </p>
        <p className={outcomes.about}>{words.compare}</p>
        <ConsentText sections={sections} text={text} />
        <CheckBox label={words.same} checked={same} onChange={setSame} />
        <CheckBox label={words.agree} checked={agreed} onChange={setAgreed} />
        <div className={outcomes.fields}>
          <Button primary disabled={!same || !agreed} onPress={() => pooling.consent(text)}>
            {words.pool}
          </Button>
          <Button destroys onPress={() => pooling.consent(null)}>
            {words.other}
          </Button>
        </div>
      </div>
    </Step>
  )
}
