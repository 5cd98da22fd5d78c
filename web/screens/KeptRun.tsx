import { useEffect } from 'react'
import { keyName } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { counted, grouped, integer } from '../ui/numbers.ts'
import { Step } from '../ui/Step.tsx'
import styles from './RunStep.module.css'
import { useBusy, useSession, useSessionState } from './useSession.ts'

/** A run that did not come to its end: what there is of it, and what resumes it. */
export function KeptRun() {
  const session = useSession()
  const kept = useSessionState((state) => state.resumableRun)
  const key = useSessionState((state) => keyName(state.key))
  const busy = useBusy()
  useEffect(() => void session.resumable.look(), [session])
  if (!kept || busy) return null
  const { fileName, modelTitle, scorable, key: sealedWith } = kept.note
  const other = key?.fingerprint !== sealedWith.fingerprint
  return (
    <Step title="A run to resume">
      <p>
        {integer(kept.scored)} of {counted(scorable, 'record')} of <span className={styles.file}>{fileName}</span> were
        scored with {modelTitle} before the run broke off. The answers are kept on this device, sealed.
      </p>
      <p role="status">
        {other
          ? `They open with the key ${grouped(sealedWith.fingerprint.slice(0, 8))}: restore it from its backup.`
          : kept.fits
            ? 'This is the file: resume it below.'
            : 'Drop the same file, and read it as you did then, to go on from there.'}
      </p>
      <div className={styles.actions}>
        <Button onPress={() => void session.resumable.discard()}>Discard it</Button>
      </div>
    </Step>
  )
}
