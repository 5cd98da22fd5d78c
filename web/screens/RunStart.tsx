import { Suspense } from 'react'
import type { CheckReport } from '../../reader/check.ts'
import { leftToResume } from '../session/leftToResume.ts'
import { Button } from '../ui/Button.tsx'
import { later } from './later.tsx'
import { Problem } from './Problem.tsx'
import styles from './RunStep.module.css'
import { SchemeChoice } from './SchemeChoice.tsx'
import { useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

const HourReach = later(async () => (await import('./HourReach.tsx')).HourReach)

interface RunStartProps {
  readonly report: CheckReport
  /** Nothing has run yet, so that this is what comes next. */
  readonly next: boolean
  /** The person has to agree first. */
  readonly waits: boolean
}

/** How the last run ended, and the buttons that begin one. */
export function RunStart({ report, next, waits }: RunStartProps) {
  const words = useWords().run
  const session = useSession()
  const run = useSessionState((state) => state.run)
  const scores = useSessionState((state) => state.scores)
  const reach = useSessionState((state) => state.reach)
  const left = useSessionState(leftToResume)
  return (
    <>
      {run.status === 'failed' && <Problem error={run.error} />}
      {run.status === 'failed' && run.scored > 0 && <p>{words.stays(run.scored)}</p>}
      {scores && run.status === 'done' && <p role="status">{words.done(scores.progress.total)}</p>}
      {scores && run.status !== 'done' && <p>{words.partial(scores.progress.total, report.scorable)}</p>}
      {scores && scores.progress.planted > 0 && (
        <p className={styles.quiet}>{words.planted(scores.progress.planted)}</p>
      )}
      {run.status === 'cancelled' && <p role="status">{words.cancelled(run.scored)}</p>}
      <SchemeChoice />
      {reach && (
        <Suspense>
          <HourReach reach={reach} />
        </Suspense>
      )}
      <div className={styles.actions}>
        {left !== null && (
          <Button primary disabled={waits} onPress={() => void session.run.resumeInterrupted()}>
            {words.resumeRest(left)}
          </Button>
        )}
        <Button primary={!scores && left === null} disabled={waits} onPress={() => session.run.begin()}>
          {words.score(report.scorable)}
        </Button>
        {next && <BeforeRun waits={waits} />}
        {waits && <p>{report.doubts.length > 0 ? words.sayFirst : words.agreeFirst(report.leftOut)}</p>}
      </div>
    </>
  )
}

/** What to know before the first run: that a sample is ready, or that the run ends with its tab. */
function BeforeRun({ waits }: { readonly waits: boolean }) {
  const words = useWords().run
  const sample = useSessionState((state) => state.origin === 'sample')
  const outlives = useSessionState(
    ({ key, resumableRun }) => 'held' in key && key.held.remembered && (!resumableRun || resumableRun.fits),
  )
  if (sample) return <p className={styles.ready}>{words.sampleReady}</p>
  return waits || outlives ? null : <p className={styles.quiet}>{words.livesInTab}</p>
}
