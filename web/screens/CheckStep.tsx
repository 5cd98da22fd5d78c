import { Suspense, useEffect, useRef } from 'react'
import type { CheckReport } from '../../reader/check.ts'
import { unusedColumns } from '../../reader/matching.ts'
import { formatWaits } from '../session/questions.ts'
import { Progress } from '../ui/Progress.tsx'
import { Step } from '../ui/Step.tsx'
import styles from './CheckStep.module.css'
import { Coming } from './Coming.tsx'
import { focusIsLost } from './focus.ts'
import { later } from './later.tsx'
import { Policies } from './Policies.tsx'
import { RunHints } from './RunHints.tsx'
import { useBusy, useSessionState } from './useSession.ts'
import { useSteadyReport } from './useSteadyReport.ts'
import { useWords } from './useWords.ts'

const MarkDoubts = later(async () => (await import('./MarkDoubts.tsx')).MarkDoubts)
const Repairs = later(async () => (await import('./Repairs.tsx')).Repairs)
const LeftOutRows = later(async () => (await import('./LeftOutRows.tsx')).LeftOutRows)

/** Every row checked before anything is sealed: what can't be scored, by what would mend it, and what follows. */
export function CheckStep() {
  const words = useWords().check
  const busy = useBusy()
  const hasPreview = useSessionState(({ file, preview }) => file !== null && preview !== null)
  const checking = useSessionState((state) => state.checking)
  const waits = useSessionState(formatWaits)
  const scores = useSessionState((state) => state.scores)
  const report = useSteadyReport()
  const hasRepairs = useSessionState((state) => state.repairs.length > 0)
  const step = useFocusAfterRepair()
  if (!hasPreview) return null
  if (waits)
    return (
      <Step place="check" title={words.title}>
        <p>{words.waits}</p>
      </Step>
    )
  if (!checking && !report) return null
  return (
    <Step ref={step} place="check" title={words.title}>
      <CheckStatus report={report} />
      <CheckProgress />
      <Suspense>{hasRepairs && <Repairs />}</Suspense>
      <Suspense fallback={<Coming />}>
        {report && report.doubts.length > 0 && <MarkDoubts doubts={report.doubts} />}
      </Suspense>
      {report && <Policies policies={report.policies} />}
      <Suspense fallback={<Coming />}>{report && report.groups.length > 0 && <LeftOutRows report={report} />}</Suspense>
      {report && !scores && !busy && <RunHints />}
    </Step>
  )
}

/** That cells are checked, and then what a run would do with the file as it stands. */
function CheckStatus({ report }: { readonly report: CheckReport | null }) {
  const words = useWords().check
  const checking = useSessionState((state) => state.checking !== null)
  const unused = useSessionState(({ preview, matches }) =>
    preview ? unusedColumns(preview.header, matches).length : 0,
  )
  return (
    <p role="status" className={report ? styles.consequence : undefined}>
      {!report ? words.checkingCells : checking ? words.checkingAgain : words.outcome({ ...report, unused })}
    </p>
  )
}

function CheckProgress() {
  const words = useWords().check
  const checking = useSessionState((state) => state.checking)
  const size = useSessionState((state) => state.file?.size ?? 1)
  if (!checking) return null
  const { rows, bytesRead } = checking
  return <Progress label={words.checking} part={bytesRead / size} text={words.progress(rows, bytesRead, size)} />
}

/** The button of a repair goes away with its press; the focus goes on to the next one that is open. */
function useFocusAfterRepair() {
  const repairs = useSessionState((state) => state.repairs)
  const step = useRef<HTMLElement>(null)
  const made = useRef(repairs)
  useEffect(() => {
    // A file that is opened has none, and nobody pressed anything here.
    const pressed = made.current !== repairs && made.current.length + repairs.length > 0
    if (pressed && focusIsLost())
      (step.current?.querySelector<HTMLElement>('[data-suggestion] button') ?? step.current)?.focus()
    made.current = repairs
  }, [repairs])
  return step
}
