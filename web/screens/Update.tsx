import { Button } from '../ui/Button.tsx'
import styles from './Update.module.css'
import { useOffline } from './useOffline.ts'
import { useBusy } from './useSession.ts'
import { useWords } from './useWords.ts'

/** Whether the page opens without a network, and a newer version of it, which is used when the person says so and never in a run. */
export function Update() {
  const words = useWords().offline
  const offline = useOffline()
  const busy = useBusy()
  const kept = offline.status === 'kept'
  if (offline.status !== 'newer') {
    const texts = [
      kept && words.kept,
      !crossOriginIsolated && words.apart,
      kept && !crossOriginIsolated && words.apartUntilReload,
    ]
    const text = texts.filter((each) => each !== false).join(' ')
    return text === '' ? null : <p className={styles.hint}>{text}</p>
  }
  return (
    <div className={styles.update} role="status">
      <p>{words.update}</p>
      <Button onPress={offline.use} disabled={busy}>
        {words.updateNow}
      </Button>
    </div>
  )
}
