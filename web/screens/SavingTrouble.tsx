import { asBlindscoreError } from '../../core/errors.ts'
import { Button } from '../ui/Button.tsx'
import { Problem } from './Problem.tsx'
import styles from './ScoresStep.module.css'
import type { Saving } from './useSaving.ts'
import { useWords } from './useWords.ts'

/** Why scores could not be saved, and how they still can. */
export function SavingTrouble({ saving: { whole, workbook, alone } }: { readonly saving: Saving }) {
  const words = useWords().scores
  return (
    <>
      {whole.error !== null && <Problem error={whole.error} />}
      {workbook !== null && workbook.error !== null && <Problem error={workbook.error} />}
      {whole.error !== null && asBlindscoreError(whole.error).code === 'file/unreadable' && (
        <div className={styles.bar}>
          <Button onPress={alone.run} pending={alone.pending}>
            {words.downloadAlone}
          </Button>
          <p>{words.alone}</p>
        </div>
      )}
      {alone.error !== null && <Problem error={alone.error} />}
    </>
  )
}
