import { asBlindscoreError, type ErrorCode } from '../../core/errors.ts'
import { Button } from '../ui/Button.tsx'
import outcomes from './Outcomes.module.css'
import { Problem } from './Problem.tsx'
import { usePoolWords } from './usePoolWords.ts'

/** What an owner's own rows forbid, in this study and in any like it. */
const ofRows: ReadonlySet<ErrorCode> = new Set([
  'study/pool',
  'study/records',
  'study/columns',
  'study/cells',
  'study/patterns',
  'study/leverage',
  'study/numbers',
])

interface PoolOverProps {
  readonly error: unknown
  /** Something was said to the others. */
  readonly begun: boolean
  readonly onAgain: () => void
}

/** Why an owner's part went no further, and what there is to do: go on, or nothing more. */
export function PoolOver({ error, begun, onAgain }: PoolOverProps) {
  const { part: words } = usePoolWords()
  const { code, fault } = asBlindscoreError(error)
  // The others' messages are as they were: nothing was opened, and what was said is said again.
  const goesOn = !code.startsWith('study/') || code === 'study/tab' || fault === 'poolRoster' || fault === 'poolRelease'
  // Who ended it hears the same when it comes back.
  const isOver = fault === 'poolLeft' || fault === 'poolCode' || (begun && !goesOn)
  const about = isOver
    ? words.overAbout
    : fault === 'poolRoster'
      ? words.bringRelease
      : code === 'study/tab'
        ? words.otherTab
        : goesOn && begun
          ? words.stopped
          : null
  return (
    <>
      {isOver && <h3>{words.over}</h3>}
      <Problem error={error} next={code === 'study/unknown' ? words.gone : null} />
      {about !== null && <p className={outcomes.about}>{about}</p>}
      {ofRows.has(code) && <p className={outcomes.about}>{words.instead}</p>}
      {goesOn && (
        <div>
          <Button onPress={onAgain}>{words.again}</Button>
        </div>
      )}
    </>
  )
}
