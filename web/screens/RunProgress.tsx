import type { RunState } from '../session/session.ts'
import { Facts } from '../ui/Facts.tsx'
import { Lane } from '../ui/Lane.tsx'
import { brief, bytes, integer, percent, seconds } from '../ui/numbers.ts'
import styles from './RunStep.module.css'
import { usePace } from './usePace.ts'
import { useSessionState } from './useSession.ts'

type UnderWay = Extract<RunState, { progress: unknown }>

/** Where the run stands: four lanes, and what can be said of pace and traffic. */
export function RunProgress({ run }: { readonly run: UnderWay }) {
  const { progress, status } = run
  const making = useSessionState(({ key }) => key.status === 'making')
  const pace = usePace(progress, status === 'paused')
  const total = progress?.total ?? 1
  const { sealed = 0, sent = 0, answered = 0, opened = 0 } = progress?.records ?? {}
  const part = opened / total
  const of = (records: number): string => (progress ? `${integer(records)} of ${integer(total)}` : '')
  return (
    <div className={styles.progress}>
      <div
        role="progressbar"
        aria-label="Scoring"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(100 * part)}
        aria-valuetext={`${percent(part)}, ${of(opened)}`}
      >
        <p className={styles.part}>{percent(part)}</p>
      </div>
      <p role="status">
        {making
          ? 'Making the key…'
          : status === 'paused'
            ? 'Paused.'
            : !progress && 'Giving the server the key’s public half…'}
      </p>
      <div className={styles.lanes}>
        <Lane label="Sealing" kind="seals" part={sealed / total} figure={of(sealed)} />
        <Lane label="Sending" kind="sealed" part={sent / total} figure={of(sent)} />
        <Lane label="Scoring" kind="sealed" part={answered / total} figure={of(answered)} />
        <Lane label="Opening" kind="opens" part={part} figure={of(opened)} />
      </div>
      <Facts
        facts={[
          { name: 'Records a second', value: pace ? brief(pace.perSecond) : '–' },
          { name: 'Time left', value: pace?.left != null ? `about ${seconds(pace.left)}` : '–' },
          { name: 'Sealed bytes up', value: bytes(progress?.bytesUp ?? 0) },
          { name: 'Sealed bytes down', value: bytes(progress?.bytesDown ?? 0) },
        ]}
      />
      <p aria-live="polite" className={styles.spoken}>
        {part >= 0.1 && `${10 * Math.floor(10 * part)} % scored`}
      </p>
    </div>
  )
}
