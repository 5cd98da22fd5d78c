import { useEffect, useRef } from 'react'
import type { Answering, AnsweringState, Given } from '../session/answering.ts'
import { Button } from '../ui/Button.tsx'
import { Step } from '../ui/Step.tsx'
import { saveFile } from '../ui/saveFile.ts'
import { saveLedger, Underway } from './AnswerUnderway.tsx'
import { focusIsLost } from './focus.ts'
import styles from './Outcomes.module.css'
import { Problem } from './Problem.tsx'
import { useAnsweringWords } from './useAnsweringWords.ts'
import { useTask } from './useTask.ts'

interface AnswerGivenProps {
  readonly answering: Answering
  readonly given: Given
  readonly state: AnsweringState
  /** The sealed records came from a server. */
  readonly server: boolean
}

/** An answer, to be saved or put on the server, with its receipt and the ledger. */
export function AnswerGiven({ answering, given, state, server }: AnswerGivenProps) {
  const { given: words, ledger } = useAnsweringWords()
  const saving = useTask(() => saveLedger(answering))
  const step = useRef<HTMLElement>(null)
  // What was agreed to, and had the focus, is gone.
  useEffect(() => {
    if (focusIsLost()) step.current?.focus()
  }, [])
  const { answer, receipt, sent } = given
  const save = (text: string, name: string): void => saveFile(new Blob([text], { type: 'application/json' }), name)
  return (
    <Step title={words.title} ref={step}>
      <div className={styles.panel}>
        {receipt === null && <p>{words.again}</p>}
        <p className={styles.about}>{words.about}</p>
        <div className={styles.fields}>
          {server && (
            <Button primary disabled={sent} pending={state.busy} onPress={() => void answering.send()}>
              {words.send}
            </Button>
          )}
          <Button primary={!server} onPress={() => save(answer, 'answer.json')}>
            {words.save}
          </Button>
          <Button onPress={() => saving.run()} pending={saving.pending}>
            {ledger.save}
          </Button>
          {receipt !== null && (
            <Button onPress={() => save(receipt, 'consent-receipt.json')}>{words.saveReceipt}</Button>
          )}
        </div>
        <Underway answering={answering} state={state} />
        {sent && <p role="status">{words.sent}</p>}
        {saving.error !== null && <Problem error={saving.error} />}
      </div>
    </Step>
  )
}
