import { Scroller } from '../ui/Scroller.tsx'
import { Step } from '../ui/Step.tsx'
import styles from './Outcomes.module.css'
import pool from './Pool.module.css'
import { useSealedWords } from './useSealedWords.ts'

/** For who was sent the address of sealed records: how they are answered for. */
export function SealedInvitation() {
  const { invited: words } = useSealedWords()
  return (
    <Step title={words.title}>
      <div className={styles.panel}>
        <p className={styles.about}>{words.about}</p>
        <p>{words.first}</p>
        <Line text="blindscore study answer invitation.txt --look < outcomes.csv" />
        <p>{words.second}</p>
        <Line text="blindscore study answer invitation.txt --out answer.json --ledger ledger.json < outcomes.csv" />
        <p className={styles.about}>{words.note}</p>
      </div>
    </Step>
  )
}

function Line({ text }: { readonly text: string }) {
  return (
    <Scroller label={text}>
      <pre translate="no" className={pool.digits}>
        {text}
      </pre>
    </Scroller>
  )
}
