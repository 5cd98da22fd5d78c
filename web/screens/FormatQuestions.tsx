import { Suspense } from 'react'
import { errorOf } from '../session/faults.ts'
import { encodingWaits, rowNamesWait, unnamedWaits, headerWaits as waitsForHeader } from '../session/questions.ts'
import { Button } from '../ui/Button.tsx'
import { Coming } from './Coming.tsx'
import { later } from './later.tsx'
import styles from './Preview.module.css'
import { Problem } from './Problem.tsx'
import { useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

const EncodingQuestion = later(async () => (await import('./EncodingQuestion.tsx')).EncodingQuestion)

/** What somebody has to say of how a file is written, before anything of it is checked. */
export function FormatQuestions() {
  const { preview: words } = useWords()
  const session = useSession()
  const confirmDecimal = useSessionState((state) => state.confirmDecimal)
  const headerWaits = useSessionState(waitsForHeader)
  const namesWait = useSessionState(rowNamesWait)
  const unnamedWait = useSessionState(unnamedWaits)
  const lettersWait = useSessionState(encodingWaits)
  return (
    <>
      <Suspense fallback={<Coming />}>{lettersWait && <EncodingQuestion />}</Suspense>
      {confirmDecimal && (
        <div className={styles.confirm} data-asks>
          <p>{words.confirm}</p>
          <Button primary onPress={() => session.file.confirmDecimalMark()}>
            {words.confirmComma}
          </Button>
        </div>
      )}
      {headerWaits && (
        <div className={styles.confirm} data-asks>
          <Problem error={errorOf('columns/header', 'headerMayBeRecord')} />
          <Button primary onPress={() => void session.file.changeFormat({ header: 0 })}>
            {words.isRecord}
          </Button>
          <Button onPress={() => session.file.confirmHeader()}>{words.isHeader}</Button>
        </div>
      )}
      {namesWait && (
        <div className={styles.confirm} data-asks>
          <Problem error={errorOf('columns/header', 'rowNamesInDoubt')} />
          <Button onPress={() => void session.file.changeFormat({ rowNames: true })}>{words.isName}</Button>
          <Button onPress={() => void session.file.changeFormat({ rowNames: false })}>{words.isNoName}</Button>
        </div>
      )}
      {unnamedWait && (
        <div className={styles.confirm} data-asks>
          <Problem error={errorOf('columns/header', 'unnamedInDoubt')} />
          <Button onPress={() => session.file.confirmHeader()}>{words.isColumn}</Button>
        </div>
      )}
    </>
  )
}
