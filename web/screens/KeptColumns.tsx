import { Button } from '../ui/Button.tsx'
import styles from './MatchStep.module.css'
import { useImporterWords } from './useImporterWords.ts'
import { useBusy, useSession } from './useSession.ts'

/** Columns that are fed as was chosen for an earlier file: said, and taken back at a press. */
export function KeptColumns({ count }: { readonly count: number }) {
  const words = useImporterWords()
  const session = useSession()
  const busy = useBusy()
  return (
    <div className={styles.kept}>
      <p>{words.kept(count)}</p>
      <Button disabled={busy} onPress={() => session.file.forgetColumns()}>
        {words.forget}
      </Button>
    </div>
  )
}
