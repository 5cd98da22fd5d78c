import { useState } from 'react'
import { Button } from '../ui/Button.tsx'
import { Step } from '../ui/Step.tsx'
import { linkTo, type Side } from './address.ts'
import styles from './SealFile.module.css'
import { useLaterWords } from './useLaterWords.ts'

/** The model and the sample that the steps speak of. */
const played = { model: 'salary', sample: 'salary' } as const

/** What the person who plays one side does, and what that side holds at each step. */
export function ExchangeGuide({ side }: { readonly side: Side }) {
  const words = useLaterWords().exchangeGuide
  return (
    <Step title={words.title[side]}>
      <ol className={styles.steps}>
        {words.steps[side].map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ol>
    </Step>
  )
}

/** Opens the other side beside this one. */
export function PlayBothSides() {
  const words = useLaterWords().exchangeGuide
  const [blocked, setBlocked] = useState(false)
  const begin = (): void => {
    const half = Math.floor(screen.availWidth / 2)
    const place = `popup,left=${half},top=0,width=${half},height=${screen.availHeight}`
    const other = window.open(`${location.pathname}${linkTo({ model: played.model, side: 'xyz' })}`, 'xyz', place)
    setBlocked(other === null)
    if (other) location.hash = linkTo({ ...played, side: 'abc' })
  }
  return (
    <div className={styles.actions}>
      <Button onPress={begin}>{words.start}</Button>
      <p>{blocked ? words.blocked : words.startAbout}</p>
    </div>
  )
}
