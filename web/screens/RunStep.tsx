import { Step } from '../ui/Step.tsx'
import { useBackOnline } from '../ui/useOnline.ts'
import { RunStart } from './RunStart.tsx'
import { RunUnderWay } from './RunUnderWay.tsx'
import { SealStep } from './SealFile.tsx'
import { useRunFocus } from './useRunFocus.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** The run: started, watched, held and ended here. */
export function RunStep() {
  const words = useWords().run
  const session = useSession()
  const busy = useBusy()
  const report = useSessionState((state) => state.report)
  const agreed = useSessionState((state) => state.agreed)
  const run = useSessionState((state) => state.run)
  const scores = useSessionState((state) => state.scores)
  const { hold, begin } = useRunFocus()

  // A run that waits because the device was offline needs nobody's word to go on.
  useBackOnline(() => {
    if ('stuck' in run && run.stuck?.code === 'run/offline') session.run.resume()
  })

  if (!report || report.scorable === 0) return null
  const doubts = report.doubts.length > 0
  const waits = doubts || (report.leftOut > 0 && !agreed)
  // What comes next is always in sight; once it runs, or has, the page is the person's to scroll.
  const next = !busy && !scores && run.status === 'idle'
  return (
    <>
      <Step title={words.title} sticky={next && !waits}>
        {'progress' in run ? (
          <RunUnderWay run={run} hold={hold} />
        ) : (
          <RunStart report={report} next={next} waits={waits} begin={begin} />
        )}
      </Step>
      {!busy && <SealStep records={report.scorable} waits={waits} />}
    </>
  )
}
