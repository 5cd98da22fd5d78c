import type { RunState } from '../session/session.ts'
import { Facts } from '../ui/Facts.tsx'
import { Lane } from '../ui/Lane.tsx'
import styles from './RunStep.module.css'
import { usePace } from './usePace.ts'
import { useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** A wait is told of from here on and in such steps, in milliseconds: it is read out. */
const waitStep = 5000

/** How long the server has been silent, or 0 while that is not worth a word. */
function longWait(progress: UnderWay['progress']): number {
  return Math.floor((progress?.waiting ?? 0) / waitStep) * waitStep
}

type UnderWay = Extract<RunState, { progress: unknown }>

/** Where the run stands: four lanes, and what can be said of pace and traffic. */
export function RunProgress({ run }: { readonly run: UnderWay }) {
  const words = useWords().runProgress
  const { progress, status } = run
  const making = useSessionState(({ key }) => key.status === 'making')
  const total = progress?.total ?? 1
  const { sealed = 0, sent = 0, answered = 0, opened = 0 } = progress?.records ?? {}
  const part = opened / total
  const waiting = longWait(progress)
  const done = (records: number): string => (progress ? words.done(records, total) : '')
  return (
    <div className={styles.progress}>
      <div
        role="progressbar"
        aria-label={words.scoring}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(100 * part)}
        aria-valuetext={words.value(part, done(opened))}
      >
        <p className={styles.part}>{words.part(part)}</p>
      </div>
      <p role="status">
        {making
          ? words.makingKey
          : status === 'paused'
            ? words.paused
            : waiting > 0
              ? words.waiting(waiting)
              : !progress && words.givingKey}
      </p>
      <div className={styles.lanes}>
        <Lane label={words.lanes.seals} kind="seals" part={sealed / total} done={done(sealed)} />
        <Lane label={words.lanes.sends} kind="sealed" part={sent / total} done={done(sent)} />
        <Lane label={words.lanes.scores} kind="sealed" part={answered / total} done={done(answered)} />
        <Lane label={words.lanes.opens} kind="opens" part={part} done={done(opened)} />
      </div>
      <PaceAndTraffic run={run} />
      <p aria-live="polite" className={styles.spoken}>
        {part >= 0.1 && words.tenths(Math.floor(10 * part))}
      </p>
    </div>
  )
}

function PaceAndTraffic({ run: { progress, status } }: { readonly run: UnderWay }) {
  const { runProgress: words, numbers } = useWords()
  // While nothing comes, what is known of the pace is no longer true.
  const pace = usePace(progress, status === 'paused' || longWait(progress) > 0)
  return (
    <Facts
      facts={[
        { name: words.pace, value: pace ? numbers.brief(pace.perSecond) : words.unknown },
        { name: words.timeLeft, value: pace?.left != null ? words.about(pace.left) : words.unknown },
        { name: words.bytesUp, value: numbers.bytes(progress?.bytesUp ?? 0) },
        { name: words.bytesDown, value: numbers.bytes(progress?.bytesDown ?? 0) },
      ]}
    />
  )
}
