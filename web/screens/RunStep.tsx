import { Suspense } from 'react'
import { Step } from '../ui/Step.tsx'
import { later } from './later.tsx'
import { RunStart } from './RunStart.tsx'
import { RunUnderWay } from './RunUnderWay.tsx'
import { SealStep } from './SealStep.tsx'
import { useBusy, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

const HandOver = later(async () => (await import('./HandOver.tsx')).HandOver)

/** The run: started, watched, held and ended here. */
export function RunStep() {
  const words = useWords().run
  const busy = useBusy()
  const report = useSessionState((state) => state.report)
  const agreed = useSessionState((state) => state.agreed)
  const run = useSessionState((state) => state.run)
  const scores = useSessionState((state) => state.scores)
  const stores = useSessionState((state) => state.limits.runs !== undefined)

  if (!report || report.scorable === 0) return null
  const doubts = report.doubts.length > 0
  const waits = doubts || (report.leftOut > 0 && !agreed)
  const next = !busy && !scores && run.status === 'idle'
  return (
    <>
      <Step place="run" title={words.title}>
        {'progress' in run ? <RunUnderWay run={run} /> : <RunStart report={report} next={next} waits={waits} />}
      </Step>
      <Suspense>{!busy && stores && <HandOver records={report.scorable} waits={waits} />}</Suspense>
      {!busy && <SealStep records={report.scorable} waits={waits} />}
    </>
  )
}
