import { Button } from '../ui/Button.tsx'
import styles from './MatchStep.module.css'
import { useImporterWords } from './useImporterWords.ts'
import { useBusy, useSession } from './useSession.ts'

/** Words that are read as was said for an earlier file: said, and taken back at a press. */
export function KeptValues({ count }: { readonly count: number }) {
  const words = useImporterWords()
  const session = useSession()
  const busy = useBusy()
  return (
    <div className={styles.kept}>
      <p>{words.keptValues(count)}</p>
      <Button disabled={busy} onPress={() => session.file.forgetValues()}>
        {words.forgetValues}
      </Button>
    </div>
  )
}
