import { keyName } from '../session/keyState.ts'
import type { ResumableRun as Run } from '../session/runState.ts'
import { Button } from '../ui/Button.tsx'
import { grouped } from '../ui/grouped.ts'
import { PartsText } from '../ui/PartsText.tsx'
import { Step } from '../ui/Step.tsx'
import { OtherVersion } from './OtherVersion.tsx'
import { ofFile } from './ofFile.tsx'
import styles from './RunStep.module.css'
import { useLaterWords } from './useLaterWords.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'

/** A run that did not come to its end: what there is of it, and what resumes it. */
export function ResumableRun() {
  const words = useLaterWords().resumableRun
  const session = useSession()
  const run = useSessionState((state) => state.resumableRun)
  const busy = useBusy()
  if (!run || busy) return null
  const { fileName, modelTitle, scorable } = run.note
  const facts = { scored: run.scored, scorable, file: fileName, model: modelTitle }
  return (
    <Step title={words.title}>
      <p>
        <PartsText parts={words.scored(facts)} elements={ofFile} />
      </p>
      <OtherVersion of={run.note.card}>
        <WayOn run={run} />
      </OtherVersion>
      <div className={styles.actions}>
        <Button destroys onPress={() => void session.resumable.discard()}>
          {words.discard}
        </Button>
      </div>
    </Step>
  )
}

/** What has to be there before the run can go on. */
function WayOn({ run }: { readonly run: Run }) {
  const words = useLaterWords().resumableRun
  const present = useSessionState((state) => keyName(state.key)?.fingerprint)
  const { fingerprint } = run.note.key
  const otherKey = present !== fingerprint && words.otherKey(grouped(fingerprint.slice(0, 8)))
  return <p role="status">{otherKey || (run.fits ? words.fits : words.dropIt)}</p>
}
