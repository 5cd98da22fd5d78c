import { useEffect, useRef, useState } from 'react'
import type { Pooling, PoolingState } from '../session/pooling.ts'
import { Button } from '../ui/Button.tsx'
import { CheckBox } from '../ui/CheckBox.tsx'
import { Step } from '../ui/Step.tsx'
import outcomes from './Outcomes.module.css'
import styles from './Pool.module.css'
import { usePoolWords } from './usePoolWords.ts'

interface PoolConsentProps {
  readonly pooling: Pooling
  readonly state: PoolingState
  readonly ready: NonNullable<PoolingState['ready']>
}

/** Who takes part, what leaves, who learns what and what nobody can undo: seen, compared and agreed to before the first sum leaves. */
export function PoolConsent({ pooling, state, ready }: PoolConsentProps) {
  const { consent: words } = usePoolWords()
  const [same, setSame] = useState(false)
  const [agreed, setAgreed] = useState(false)
  const step = useRef<HTMLElement>(null)
  useEffect(() => step.current?.focus(), [])
  const { earlier, mostOpened } = ready
  const said =
    earlier === null
      ? words.earlier.unknown
      : earlier.length === 0
        ? words.earlier.none
        : words.earlier.some(earlier.length)
  return (
    <Step title={words.title} ref={step}>
      <div className={outcomes.panel}>
        <Roster state={state} />
        <Said title={words.what} text={words.leaves(mostOpened)} />
        <h3>{words.learns}</h3>
        <dl className={styles.learns}>
          {words.parts.map(({ who, what }) => (
            <div key={who}>
              <dt>{who}</dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <Said title={words.assumes} text={words.rests} />
        <Said title={words.cannot} text={`${words.undone} ${said}`} />
        <Said title={words.isNot} text={words.not} />
        <CheckBox label={words.same} checked={same} onChange={setSame} />
        <CheckBox label={words.agree} checked={agreed} onChange={setAgreed} />
        <div className={outcomes.fields}>
          <Button primary disabled={!same || !agreed} onPress={() => pooling.consent(true)}>
            {words.pool}
          </Button>
          <Button destroys onPress={() => pooling.consent(false)}>
            {words.other}
          </Button>
        </div>
      </div>
    </Step>
  )
}

function Said({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <>
      <h3>{title}</h3>
      <p className={outcomes.about}>{text}</p>
    </>
  )
}

/** So many digits of a key tell owners of one name apart; that they are whose they seem is what the code is for. */
const keyDigits = 8

function Roster({ state: { owners, code } }: { readonly state: PoolingState }) {
  const { consent: words } = usePoolWords()
  return (
    <>
      <h3>{words.who}</h3>
      <ul className={styles.list} aria-label={words.who}>
        {owners.map(({ key, name, isOwn }) => (
          <li key={key}>
            {name === '' ? <span>{words.unnamed}</span> : <span translate="no">{name}</span>}
            <span translate="no" className={styles.key}>
              {key.slice(0, keyDigits)}
            </span>
            {isOwn && <span>{words.you}</span>}
          </li>
        ))}
      </ul>
      <h3>{words.code}</h3>
      <p translate="no" className={styles.code}>
        {code}
      </p>
      <p className={outcomes.about}>{words.compare}</p>
    </>
  )
}
