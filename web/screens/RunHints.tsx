import { sealersFor, thisDevice } from '../../client/device.ts'
import { engine as engineWords } from '../../words/en/engine.ts'
import { counted } from '../ui/numbers.ts'
import { useOnline } from '../ui/useOnline.ts'
import styles from './CheckStep.module.css'
import { useSessionState } from './useSession.ts'

/** What a person should know of this browser and device before a run, where there is something to know. */
export function RunHints() {
  const online = useOnline()
  const engine = useSessionState((state) => state.engine)
  const device = thisDevice()
  const sealers = sealersFor(device)
  const hints = [
    ...(online ? [] : ['This device is offline: a run would begin, and wait for the connection.']),
    ...(engine?.engine === 'reference'
      ? [
          `Sealing takes many times longer in this browser (${engineWords[engine.reason].replace(/^reference: |\.$/g, '')}). The scores are the same; a current Chrome, Edge, Firefox or Safari is faster.`,
        ]
      : []),
    ...(sealers < device.cores
      ? [`This device has little memory, so ${counted(sealers, 'core')} of its ${device.cores} seal at a time.`]
      : []),
  ]
  if (hints.length === 0) return null
  return (
    <ul aria-label="Good to know" className={styles.hints}>
      {hints.map((hint) => (
        <li key={hint}>{hint}</li>
      ))}
    </ul>
  )
}
