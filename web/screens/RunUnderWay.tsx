import type { Ref } from 'react'
import type { RunState } from '../session/session.ts'
import { Button } from '../ui/Button.tsx'
import { Problem } from './Problem.tsx'
import { RunProgress } from './RunProgress.tsx'
import styles from './RunStep.module.css'
import { useKeyPanel } from './useKeyPanel.ts'
import { useSession } from './useSession.ts'
import { useWords } from './useWords.ts'

type UnderWay = Extract<RunState, { progress: unknown }>

interface RunUnderWayProps {
  readonly run: UnderWay
  readonly hold: Ref<HTMLButtonElement>
}

/** A run while it goes on, or waits. */
export function RunUnderWay({ run, hold }: RunUnderWayProps) {
  const words = useWords().run
  const session = useSession()
  return (
    <>
      <RunProgress run={run} />
      {run.resumable && <p className={styles.ready}>{words.resumable}</p>}
      {run.stuck && <Problem error={run.stuck} />}
      <div className={styles.actions}>
        <HoldButton run={run} ref={hold} />
        <Button onPress={() => session.run.cancel()}>{words.cancel}</Button>
      </div>
    </>
  )
}

/** One button in one place: what it does goes by where the run stands. */
function HoldButton({ run, ref }: { readonly run: UnderWay; readonly ref: Ref<HTMLButtonElement> }) {
  const words = useWords().run
  const session = useSession()
  const openKeyPanel = useKeyPanel()
  const stuck = run.stuck?.code
  if (stuck === 'key/locked' || stuck === 'key/lost') {
    return (
      <Button ref={ref} primary onPress={openKeyPanel}>
        {stuck === 'key/locked' ? words.unlock : words.restore}
      </Button>
    )
  }
  if (run.status === 'paused') {
    return (
      <Button ref={ref} primary={stuck !== 'run/out-of-date'} onPress={() => session.run.resume()}>
        {words.resume}
      </Button>
    )
  }
  return (
    <Button ref={ref} onPress={() => session.run.pause()}>
      {words.pause}
    </Button>
  )
}
