import { Button } from '../ui/Button.tsx'
import styles from './KeyPanel.module.css'
import { Problem } from './Problem.tsx'
import { useLaterWords } from './useLaterWords.ts'
import { useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'

/** Asks whether the key is really to be forgotten, and says what that means. */
export function ForgetKey({ onDone }: { readonly onDone: () => void }) {
  const words = useLaterWords().forgetKey
  const session = useSession()
  const held = useSessionState(({ key }) => ('held' in key ? key.held : null))
  const task = useTask(async () => {
    await session.key.forget()
    onDone()
  })
  return (
    <>
      <p className={styles.note}>
        <span>{held?.remembered ? words.dropsRemembered : words.drops}</span>
        <span>{held?.backedUp ? words.backedUp : words.notBackedUp}</span>
      </p>
      {task.error !== null && <Problem error={task.error} />}
      <div className={styles.actions}>
        <Button destroys pending={task.pending} onPress={task.run}>
          {words.forget}
        </Button>
        <Button onPress={onDone}>{words.cancel}</Button>
      </div>
    </>
  )
}
