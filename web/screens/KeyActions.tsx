import type { KeyState } from '../session/keyState.ts'
import { Button } from '../ui/Button.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { saveFile } from '../ui/saveFile.ts'
import styles from './KeyPanel.module.css'
import type { KeyAsking, Protected } from './keyAsking.ts'
import { Problem } from './Problem.tsx'
import { useLaterWords } from './useLaterWords.ts'
import { useBusy, useSession } from './useSession.ts'
import { useTask } from './useTask.ts'

interface KeyActionsProps {
  readonly state: KeyState
  readonly onAsk: (asking: KeyAsking) => void
}

/** The actions that fit the key as it stands. Those that need a passphrase ask for one the first time. */
export function KeyActions({ state, onAsk }: KeyActionsProps) {
  const words = useLaterWords().keyPanel
  const session = useSession()
  const busy = useBusy()
  const task = useTask((work: () => Promise<void>) => work())
  const held = 'held' in state ? state.held : null
  const open = state.status === 'ready'
  const none = state.status === 'none' || state.status === 'failed'
  const protectedAction = (text: string, what: Protected, act: () => Promise<void>) => (
    <Button onPress={() => (held?.wrapped ? task.run(act) : onAsk({ what }))}>{text}</Button>
  )
  return (
    <>
      <div className={styles.actions}>
        {none && (
          <Button primary onPress={() => task.run(() => session.key.make())}>
            {words.make}
          </Button>
        )}
        {open && protectedAction(words.lock, 'lock', () => session.key.lock())}
        {held && protectedAction(words.backUp, 'backUp', async () => saveFile(await session.key.backUp()))}
        {held && !held.remembered && protectedAction(words.remember, 'remember', () => session.key.remember())}
        {held?.remembered && (
          <Button destroys onPress={() => task.run(() => session.key.unremember())}>
            {words.unremember}
          </Button>
        )}
        {open && held?.wrapped && <Button onPress={() => onAsk({ what: 'change' })}>{words.change}</Button>}
        <FileButton
          label={words.restore}
          accept=".json,application/json"
          disabled={state.status === 'making' || (busy && open)}
          onFile={(backup) => onAsk({ what: 'restore', backup })}
        />
        {held && (
          <Button destroys disabled={busy} onPress={() => onAsk({ what: 'forget' })}>
            {words.forget}
          </Button>
        )}
      </div>
      {task.error !== null && <Problem error={task.error} />}
    </>
  )
}
