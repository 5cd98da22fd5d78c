import { columnName } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import styles from './CheckStep.module.css'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** The repairs that were made, each with what it changed and the way back. */
export function Repairs() {
  const words = useWords().repairs
  const session = useSession()
  const busy = useBusy()
  const repairs = useSessionState((state) => state.repairs)
  const mended = useSessionState((state) => state.report?.mended)
  const card = useSessionState((state) => state.card)
  const preview = useSessionState((state) => state.preview)
  const matches = useSessionState((state) => state.matches)
  if (repairs.length === 0 || !preview) return null
  return (
    <ul aria-label={words.title} className={styles.repairs}>
      {repairs.map((repair, i) => {
        const column = columnName({ preview, matches }, repair.feature) || (card?.features[repair.feature]?.name ?? '')
        const name = words.name(repair, preview.format.decimalMark)
        return (
          <li key={JSON.stringify(repair)}>
            <span>
              <PartsText
                parts={words.made(column, name)}
                elements={{ column: (text) => <strong translate="no">{text}</strong> }}
              />
              {mended && <span className={styles.mended}>{words.changed(mended[i] ?? 0)}</span>}
            </span>
            <Button label={words.undoOf(column, name)} disabled={busy} onPress={() => session.file.undoRepair(i)}>
              {words.undo}
            </Button>
          </li>
        )
      })}
    </ul>
  )
}
