import { useEffect, useRef } from 'react'
import { keyName } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { counted } from '../ui/numbers.ts'
import { Step } from '../ui/Step.tsx'
import { useBackOnline } from '../ui/useOnline.ts'
import { focusIsLost } from './focus.ts'
import { Problem } from './Problem.tsx'
import { RunProgress } from './RunProgress.tsx'
import styles from './RunStep.module.css'
import { useKeyPanel } from './useKeyPanel.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'

/** The run: started, watched, held and ended here. */
export function RunStep() {
  const session = useSession()
  const busy = useBusy()
  const report = useSessionState((state) => state.report)
  const sample = useSessionState((state) => state.origin === 'sample')
  const agreed = useSessionState((state) => state.agreed)
  const run = useSessionState((state) => state.run)
  const scores = useSessionState((state) => state.scores)
  const outlives = useSessionState(
    ({ key, resumableRun }) => 'held' in key && key.held.remembered && (!resumableRun || resumableRun.fits),
  )
  const left = useSessionState(({ key, resumableRun }) =>
    resumableRun?.fits && keyName(key)?.fingerprint === resumableRun.note.key.fingerprint
      ? resumableRun.note.scorable - resumableRun.scored
      : null,
  )
  const openKeyPanel = useKeyPanel()
  // What only the key's panel can mend.
  const stuck = 'stuck' in run ? run.stuck?.code : undefined
  const shut = stuck === 'key/locked' || stuck === 'key/lost' ? stuck : null
  const hold = useRef<HTMLButtonElement>(null)
  const begin = useRef<HTMLButtonElement>(null)
  const was = useRef(busy)

  // The button that was pressed goes away with the press; the focus it leaves goes on to the one in its place.
  useEffect(() => {
    if (was.current !== busy && !scores && focusIsLost()) (busy ? hold : begin).current?.focus()
    was.current = busy
  }, [busy, scores])

  // A run that waits because the device was offline needs nobody's word to go on.
  useBackOnline(() => {
    if (stuck === 'run/offline') session.run.resume()
  })

  if (!report || report.scorable === 0) return null
  const waits = report.leftOut > 0 && !agreed
  // What comes next is always in sight; once it runs, or has, the page is the person's to scroll.
  const next = !busy && !scores && run.status === 'idle'
  return (
    <Step title="Run" sticky={next && !waits}>
      {busy ? (
        <>
          {'progress' in run && <RunProgress run={run} />}
          {'resumable' in run && run.resumable && (
            <p className={styles.ready}>
              Kept on this device as it goes, sealed: it can be resumed if this tab closes.
            </p>
          )}
          {'stuck' in run && run.stuck && <Problem error={run.stuck} />}
          <div className={styles.actions}>
            {shut ? (
              <Button key="hold" ref={hold} primary onPress={openKeyPanel}>
                {shut === 'key/locked' ? 'Unlock the key' : 'Restore the key'}
              </Button>
            ) : run.status === 'paused' ? (
              <Button key="hold" ref={hold} primary={stuck !== 'run/out-of-date'} onPress={() => session.run.resume()}>
                Resume
              </Button>
            ) : (
              <Button key="hold" ref={hold} onPress={() => session.run.pause()}>
                Pause
              </Button>
            )}
            <Button onPress={() => session.run.cancel()}>Cancel</Button>
          </div>
        </>
      ) : (
        <>
          {run.status === 'failed' && <Problem error={run.error} />}
          {scores && <p role="status">Done: {counted(scores.progress.total, 'record')} scored and opened.</p>}
          {run.status === 'cancelled' && <p role="status">Cancelled. No score was kept.</p>}
          <div className={styles.actions}>
            {left !== null && (
              <Button primary disabled={waits} onPress={() => void session.run.resumeKept()}>
                Resume, {counted(left, 'record')} left
              </Button>
            )}
            <Button
              key="begin"
              ref={begin}
              primary={!scores && left === null}
              disabled={waits}
              onPress={() => void session.run.start()}
            >
              Score {counted(report.scorable, 'record')}
            </Button>
            {sample && next && <p className={styles.ready}>The sample is ready. Or drop a file of your own.</p>}
            {!sample && next && !waits && !outlives && (
              <p className={styles.quiet}>The run lives in this tab and ends when it is closed.</p>
            )}
            {waits && <p>First agree above to leave out {counted(report.leftOut, 'row')}.</p>}
          </div>
        </>
      )}
    </Step>
  )
}
