import { useEffect, useRef, useState } from 'react'
import { unusedColumns } from '../../reader/matching.ts'
import { errorOf } from '../session/faults.ts'
import { Button } from '../ui/Button.tsx'
import { bytes, counted, integer } from '../ui/numbers.ts'
import { Progress } from '../ui/Progress.tsx'
import { Step } from '../ui/Step.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import styles from './CheckStep.module.css'
import { focusIsLost } from './focus.ts'
import { openSuggestions } from './openSuggestions.ts'
import { Problem } from './Problem.tsx'
import { ProblemGroup } from './ProblemGroup.tsx'
import { Repairs } from './Repairs.tsx'
import { RunHints } from './RunHints.tsx'
import { type SessionState, useBusy, useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'

/** Every row checked before anything is sealed: what can't be scored, by what would mend it, and what follows. */
export function CheckStep() {
  const session = useSession()
  const busy = useBusy()
  const file = useSessionState((state) => state.file)
  const preview = useSessionState((state) => state.preview)
  const matches = useSessionState((state) => state.matches)
  const checking = useSessionState((state) => state.checking)
  const waits = useSessionState((state) => state.confirmDecimal)
  const repairs = useSessionState((state) => state.repairs)
  const agreed = useSessionState((state) => state.agreed)
  const scores = useSessionState((state) => state.scores)
  const report = useSteadyReport()
  const step = useRef<HTMLElement>(null)
  const saving = useTask(async () =>
    saveFile(await session.leftOutFile(), siblingName(file?.name ?? '', 'left-out.csv')),
  )

  // The button of a repair goes away with its press; the focus goes on to the next one that is open.
  const made = useRef(repairs)
  useEffect(() => {
    if (made.current !== repairs && focusIsLost())
      (step.current?.querySelector<HTMLElement>('[data-suggestion] button') ?? step.current)?.focus()
    made.current = repairs
  }, [repairs])

  if (!file || !preview) return null
  if (waits)
    return (
      <Step title="Check">
        <p>Nothing is checked before you say, beside the preview, how the file’s numbers are written.</p>
      </Step>
    )
  if (!checking && !report) return null
  const progress = checking && (
    <Progress
      label="Checking"
      part={checking.bytesRead / file.size}
      text={`${counted(checking.rows, 'row')}, ${bytes(checking.bytesRead)} of ${bytes(file.size)}`}
    />
  )
  if (!report) {
    return (
      <Step title="Check">
        <p role="status">Checking every cell…</p>
        {progress}
        <Repairs />
      </Step>
    )
  }
  const { scorable, leftOut, groups } = report
  const suggestions = openSuggestions(report.suggestions, repairs)
  // What mends a column's cells stands with the first of its problems that it can be about.
  const home = (feature: number) =>
    groups.find((group) => group.feature === feature && /not-a-number|level/.test(group.code)) ??
    groups.find((group) => group.feature === feature)
  const mends = (group: (typeof groups)[number]) => suggestions.filter(({ repair }) => home(repair.feature) === group)
  const ordered = [...groups].sort((a, b) => Number(mends(b).length > 0) - Number(mends(a).length > 0))
  const mendable = suggestions.length > 0
  const unused = unusedColumns(preview.header, matches).length
  return (
    <Step ref={step} title="Check">
      <p role="status" className={styles.consequence}>
        {checking
          ? 'Checking every cell again…'
          : `${counted(scorable, 'record')} will be scored, ${integer(leftOut)} left out, ${counted(unused, 'column')} never ${
              unused === 1 ? 'leaves' : 'leave'
            } this browser.`}
      </p>
      {progress}
      <Repairs />
      {groups.length > 0 && (
        <>
          {mendable && <p>Some of what is left out can be read after all. Nothing in the file itself is changed.</p>}
          <ul aria-label="Rows that can't be scored" className={styles.groups}>
            {ordered.map((group) => (
              <ProblemGroup key={`${group.code} ${group.column ?? ''}`} group={group} suggestions={mends(group)} />
            ))}
          </ul>
          {scorable === 0 && !checking && <Problem error={errorOf('run/nothing-to-score', 'nothingToScore')} />}
          <div className={styles.decide}>
            {scorable > 0 && (
              <label className={styles.agree}>
                <input
                  type="checkbox"
                  checked={agreed}
                  disabled={busy || checking !== null}
                  onChange={({ currentTarget }) => session.file.agree(currentTarget.checked)}
                />
                Leave out {counted(leftOut, 'row')}
              </label>
            )}
            <Button onPress={saving.run} pending={saving.pending}>
              Download rows left out
            </Button>
          </div>
          {saving.error !== null && <Problem error={saving.error} />}
        </>
      )}
      {!scores && !busy && <RunHints />}
    </Step>
  )
}

/** The report; while cells are checked again after a repair, the one before, so that nothing jumps under the pointer. */
function useSteadyReport(): SessionState['report'] {
  const report = useSessionState((state) => state.report)
  const checking = useSessionState((state) => state.checking)
  const preview = useSessionState((state) => state.preview)
  const matches = useSessionState((state) => state.matches)
  const [last, setLast] = useState({ report, preview, matches })
  if (report && report !== last.report) setLast({ report, preview, matches })
  const same = last.preview === preview && last.matches === matches
  return report ?? (checking && same ? last.report : null)
}
