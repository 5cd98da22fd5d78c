import { type ReactNode, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { openAnswering } from '../answering/answering.ts'
import { Answering, type SealedSource } from '../session/answering.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { Step } from '../ui/Step.tsx'
import { AnswerGiven } from './AnswerGiven.tsx'
import { AnswerOffer } from './AnswerOffer.tsx'
import { saveLedger, Underway } from './AnswerUnderway.tsx'
import styles from './Outcomes.module.css'
import { Problem } from './Problem.tsx'
import { StudyFacts } from './StudyFacts.tsx'
import { useAnsweringWords } from './useAnsweringWords.ts'
import { useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'

interface AnswerSealedProps {
  readonly source: SealedSource
  /** Where the file of outcomes comes in. */
  readonly records: ReactNode
  /** Leaves it; null where the address is for this alone. */
  readonly onClose: (() => void) | null
}

/** For who has the outcomes that somebody's sealed records are multiplied by: from what is asked to the answer. */
export function AnswerSealed({ source, records, onClose }: AnswerSealedProps) {
  const [answering, setAnswering] = useState<Answering | null>(null)
  useEffect(() => {
    const opened = new Answering(openAnswering, source)
    void opened.open()
    setAnswering(opened)
    return () => opened.end()
  }, [source])
  return answering && <Part answering={answering} source={source} records={records} onClose={onClose} />
}

interface PartProps extends AnswerSealedProps {
  readonly answering: Answering
}

function Part({ answering, source, records, onClose }: PartProps) {
  const words = useAnsweringWords()
  const state = useStore(answering.store)
  const file = useSessionState((session) => session.file)
  const preview = useSessionState((session) => session.preview)
  const { asked, matched, given, error } = state
  return (
    <>
      <Step title={words.title} aside={asked && <Data>{asked.study.title}</Data>}>
        <div className={styles.panel}>
          <p className={styles.about}>{words.about}</p>
          {asked && <p>{words.asks(asked.records, asked.sums)}</p>}
          {asked && <StudyFacts study={asked.study} />}
          {asked && <p className={styles.about}>{words.unproven}</p>}
          {asked && !given && <LedgerOf answering={answering} state={state} />}
          {asked && !given && !matched && <p>{words.outcomes.next}</p>}
          {!matched && !given && <Underway answering={answering} state={state} />}
          {error !== null && <Problem error={error} />}
          {onClose && (
            <div>
              <Button onPress={onClose}>{words.close}</Button>
            </div>
          )}
        </div>
      </Step>
      {asked && !given && records}
      {asked && !given && file && preview && (
        <AnswerOffer
          key={preview.header.join('\n')}
          answering={answering}
          state={{ ...state, asked }}
          file={file}
          preview={preview}
        />
      )}
      {given && <AnswerGiven answering={answering} given={given} state={state} server={source.kind === 'server'} />}
    </>
  )
}

/** What this browser remembers of earlier answers, to be saved and brought back. */
function LedgerOf({ answering, state: { earlier } }: Parameters<typeof Underway>[0]) {
  const { ledger: words } = useAnsweringWords()
  const saving = useTask(() => saveLedger(answering))
  return (
    <>
      <h3>{words.title}</h3>
      <p className={styles.about}>{earlier === null ? words.none : words.known(earlier)}</p>
      <div className={styles.fields}>
        {earlier !== null && (
          <Button onPress={() => saving.run()} pending={saving.pending}>
            {words.save}
          </Button>
        )}
        <FileButton label={words.bring} accept=".json" onFile={(file) => void answering.takeLedger(file)} />
      </div>
      {saving.error !== null && <Problem error={saving.error} />}
    </>
  )
}
