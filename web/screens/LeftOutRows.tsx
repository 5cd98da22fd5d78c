import type { CheckReport } from '../../reader/check.ts'
import { errorOf } from '../session/faults.ts'
import { Button } from '../ui/Button.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import styles from './CheckStep.module.css'
import { mendableFirst } from './mendableFirst.ts'
import { openSuggestions } from './openSuggestions.ts'
import { Problem } from './Problem.tsx'
import { ProblemGroup } from './ProblemGroup.tsx'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'
import { useLanguageId, useWords } from './useWords.ts'

/** The rows that can't be scored, by what ails them, and the person's consent to leave them out. */
export function LeftOutRows({ report }: { readonly report: CheckReport }) {
  const words = useWords().check
  const checking = useSessionState((state) => state.checking)
  const repairs = useSessionState((state) => state.repairs)
  const suggestions = openSuggestions(report.suggestions, repairs)
  return (
    <>
      {suggestions.length > 0 && <p>{words.mendable}</p>}
      <ul aria-label={words.problems} className={styles.groups}>
        {mendableFirst(report, suggestions).map(({ group, suggestions }) => (
          <ProblemGroup key={`${group.code} ${group.column ?? ''}`} group={group} suggestions={suggestions} />
        ))}
      </ul>
      {report.scorable === 0 && !checking && <Problem error={errorOf('run/nothing-to-score', 'nothingToScore')} />}
      <Consent report={report} />
    </>
  )
}

/** Agrees that the rows are left out, and saves them with what is wrong with each. */
function Consent({ report: { scorable, leftOut } }: { readonly report: CheckReport }) {
  const words = useWords().check
  const language = useLanguageId()
  const session = useSession()
  const busy = useBusy()
  const name = useSessionState((state) => state.file?.name ?? '')
  const checking = useSessionState((state) => state.checking)
  const agreed = useSessionState((state) => state.agreed)
  const saving = useTask(async () => saveFile(await session.leftOutFile(language), siblingName(name, 'left-out.csv')))
  return (
    <>
      <div className={styles.decide}>
        {scorable > 0 && (
          <label className={styles.agree}>
            <input
              type="checkbox"
              checked={agreed}
              disabled={busy || checking !== null}
              onChange={({ currentTarget }) => session.file.agree(currentTarget.checked)}
            />
            <span>{words.leaveOut(leftOut)}</span>
          </label>
        )}
        <Button onPress={saving.run} pending={saving.pending}>
          {words.download}
        </Button>
      </div>
      {saving.error !== null && <Problem error={saving.error} />}
    </>
  )
}
