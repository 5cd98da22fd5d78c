import { sealersFor, thisDevice } from '../../client/device.ts'
import { useOnline } from '../ui/useOnline.ts'
import styles from './CheckStep.module.css'
import { useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** What a person should know of this browser and device before a run, where there is something to know. */
export function RunHints() {
  const { runHints: words, engine: arithmetic } = useWords()
  const online = useOnline()
  const engine = useSessionState((state) => state.engine)
  const device = thisDevice()
  const sealers = sealersFor(device)
  const hints = [
    ...(online ? [] : [words.offline]),
    ...(engine && engine.reason !== 'fused' ? [words.slow(arithmetic.slow[engine.reason])] : []),
    ...(sealers < device.cores ? [words.littleMemory(sealers, device.cores)] : []),
  ]
  if (hints.length === 0) return null
  return (
    <ul aria-label={words.title} className={styles.hints}>
      {hints.map((hint) => (
        <li key={hint}>{hint}</li>
      ))}
    </ul>
  )
}
