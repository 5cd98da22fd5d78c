import type { RunState } from '../session/session.ts'
import { Button } from '../ui/Button.tsx'
import { Problem } from './Problem.tsx'
import { RunProgress } from './RunProgress.tsx'
import styles from './RunStep.module.css'
import { useSession } from './useSession.ts'
import { useWords } from './useWords.ts'

type UnderWay = Extract<RunState, { progress: unknown }>

interface RunUnderWayProps {
  readonly run: UnderWay
}

/** A run while it goes on, or waits. What holds it, or lets it go on, is in the bar. */
export function RunUnderWay({ run }: RunUnderWayProps) {
  const words = useWords().run
  const session = useSession()
  return (
    <>
      <RunProgress run={run} />
      {run.resumable && <p className={styles.ready}>{words.resumable}</p>}
      {run.stuck && <Problem error={run.stuck} onAccess={() => session.run.resume()} />}
      <div className={styles.actions}>
        <Button onPress={() => session.run.cancel()}>{words.cancel}</Button>
      </div>
    </>
  )
}
