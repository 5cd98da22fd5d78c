import { BlindscoreError } from '../../core/errors.ts'
import { unusedColumns } from '../journey/matching.ts'
import { Button } from '../ui/Button.tsx'
import { bytes, counted, integer } from '../ui/numbers.ts'
import { Step } from '../ui/Step.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import styles from './CheckStep.module.css'
import { Problem } from './Problem.tsx'
import { ProblemGroup } from './ProblemGroup.tsx'
import { Repairs } from './Repairs.tsx'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'

/** Every row checked before anything is sealed: what can't be scored, by what would mend it, and what follows. */
export function CheckStep() {
  const session = useSession()
  const busy = useBusy()
  const file = useSessionState((state) => state.file)
  const preview = useSessionState((state) => state.preview)
  const matches = useSessionState((state) => state.matches)
  const checking = useSessionState((state) => state.checking)
  const report = useSessionState((state) => state.report)
  const agreed = useSessionState((state) => state.agreed)
  const saving = useTask(async () =>
    saveFile(await session.leftOutFile(), siblingName(file?.name ?? '', 'left-out.csv')),
  )
  if (!file || !preview || (!checking && !report)) return null

  if (!report) {
    const part = checking ? `${counted(checking.rows, 'row')}, ${bytes(checking.bytesRead)} of ${bytes(file.size)}` : ''
    return (
      <Step title="Check">
        <p role="status">Checking every cell… {part}</p>
        <Repairs />
      </Step>
    )
  }
  const { scorable, leftOut, groups, suggestions } = report
  // What mends a column's cells stands with the first of its problems that it can be about.
  const home = (feature: number) =>
    groups.find((group) => group.feature === feature && /not-a-number|level/.test(group.code)) ??
    groups.find((group) => group.feature === feature)
  const mends = (group: (typeof groups)[number]) => suggestions.filter(({ repair }) => home(repair.feature) === group)
  const ordered = [...groups].sort((a, b) => Number(mends(b).length > 0) - Number(mends(a).length > 0))
  const mendable = suggestions.length > 0
  const unused = unusedColumns(preview.header, matches).length
  return (
    <Step title="Check">
      <p role="status" className={styles.consequence}>
        {counted(scorable, 'record')} will be scored, {integer(leftOut)} left out, {counted(unused, 'column')} never{' '}
        {unused === 1 ? 'leaves' : 'leave'} this browser.
      </p>
      <Repairs />
      {groups.length > 0 && (
        <>
          {mendable && <p>Some of what is left out can be read after all. Nothing in the file itself is changed.</p>}
          <ul aria-label="Rows that can't be scored" className={styles.groups}>
            {ordered.map((group) => (
              <ProblemGroup key={`${group.code} ${group.column ?? ''}`} group={group} suggestions={mends(group)} />
            ))}
          </ul>
          {scorable === 0 && (
            <Problem error={new BlindscoreError('run/nothing-to-score', 'No row of this file can be scored.')} />
          )}
          <div className={styles.decide}>
            {scorable > 0 && (
              <label className={styles.agree}>
                <input
                  type="checkbox"
                  checked={agreed}
                  disabled={busy}
                  onChange={({ currentTarget }) => session.agree(currentTarget.checked)}
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
    </Step>
  )
}
