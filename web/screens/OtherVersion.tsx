import type { ReactNode } from 'react'
import type { Card } from '../../core/card/card.ts'
import { Button } from '../ui/Button.tsx'
import styles from './RunStep.module.css'
import { useLaterWords } from './useLaterWords.ts'
import { useOtherVersion } from './useOtherVersion.ts'
import { useBusy } from './useSession.ts'

interface OtherVersionProps {
  readonly of: Card | undefined
  /** What is said where the page shows that version. */
  readonly children?: ReactNode
}

/** Offers to show the version of the model that a run began with, in place of the one that the page shows. */
export function OtherVersion({ of, children }: OtherVersionProps) {
  const { otherVersion: words } = useLaterWords()
  const busy = useBusy()
  const other = useOtherVersion(of)
  if (!other) return children
  const { names, show } = other
  return (
    <>
      <p>{words.about(names)}</p>
      <div className={styles.actions}>
        <Button disabled={busy} onPress={show}>
          {words.take(names.there)}
        </Button>
      </div>
    </>
  )
}
