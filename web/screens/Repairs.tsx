import { Suspense } from 'react'
import type { Repair } from '../../reader/repairs.ts'
import { columnName } from '../session/questions.ts'
import { Button } from '../ui/Button.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import styles from './CheckStep.module.css'
import { later } from './later.tsx'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

const KeptValues = later(async () => (await import('./KeptValues.tsx')).KeptValues)

/** The repairs that were made, each with what it changed and the way back. */
export function Repairs() {
  const words = useWords().repairs
  const session = useSession()
  const busy = useBusy()
  const repairs = useSessionState((state) => state.repairs)
  const mended = useSessionState((state) => state.report?.mended)
  const kept = useSessionState((state) => state.keptRepairs)
  const card = useSessionState((state) => state.card)
  const preview = useSessionState((state) => state.preview)
  const matches = useSessionState((state) => state.matches)
  // What was said of an earlier file and is not in this one is not spoken of.
  const isShown = (repair: Repair, i: number) => !kept.includes(repair) || (mended?.[i] ?? 0) > 0
  if (!preview || !repairs.some(isShown)) return null
  const keptCount = repairs.filter((repair, i) => kept.includes(repair) && isShown(repair, i)).length
  return (
    <>
      <Suspense>{keptCount > 0 && <KeptValues count={keptCount} />}</Suspense>
      <ul aria-label={words.title} className={styles.repairs}>
        {repairs.map((repair, i) => {
          if (!isShown(repair, i)) return null
          const column =
            columnName({ preview, matches }, repair.feature) || (card?.features[repair.feature]?.name ?? '')
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
    </>
  )
}
