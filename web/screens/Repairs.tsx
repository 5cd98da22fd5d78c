import { Button } from '../ui/Button.tsx'
import { counted } from '../ui/numbers.ts'
import styles from './CheckStep.module.css'
import { repairName } from './repairWords.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'

/** The repairs that were made, each with what it changed and the way back. */
export function Repairs() {
  const session = useSession()
  const busy = useBusy()
  const repairs = useSessionState((state) => state.repairs)
  const mended = useSessionState((state) => state.report?.mended)
  const preview = useSessionState((state) => state.preview)
  const matches = useSessionState((state) => state.matches)
  if (repairs.length === 0 || !preview) return null
  return (
    <ul aria-label="Repairs" className={styles.repairs}>
      {repairs.map((repair, i) => {
        const column = preview.header[matches[repair.feature]?.column ?? -1] ?? ''
        const name = repairName(repair, preview.format.decimalMark)
        return (
          <li key={JSON.stringify(repair)}>
            <span>
              <strong>{column}</strong>: {name}
              {mended && <span className={styles.mended}> · {counted(mended[i] ?? 0, 'cell')} read so</span>}
            </span>
            <Button label={`Undo: ${column}, ${name}`} disabled={busy} onPress={() => session.file.undoRepair(i)}>
              Undo
            </Button>
          </li>
        )
      })}
    </ul>
  )
}
