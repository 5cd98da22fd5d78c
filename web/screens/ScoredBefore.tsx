import type { Result } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import { ofFile } from './ofFile.tsx'
import styles from './RunStep.module.css'
import { useLaterWords } from './useLaterWords.ts'
import { useSession } from './useSession.ts'
import { useWords } from './useWords.ts'

/** Asks before a file is scored again with the same model: its scores are here. */
export function ScoredBefore({ before }: { readonly before: Result }) {
  const words = useLaterWords().scoredBefore
  const { dialog } = useWords()
  const session = useSession()
  const { of, card, scores, at } = before
  const close = (): void => session.run.answerAgain(null)
  return (
    <Dialog title={words.title} close={dialog.close} narrow onClose={close}>
      <p>
        <PartsText
          parts={words.about({ file: of.file?.name ?? '', model: card.title, records: scores.rows.length, at })}
          elements={ofFile}
        />
      </p>
      <div className={styles.actions}>
        <Button primary onPress={() => session.run.answerAgain('show')}>
          {words.show}
        </Button>
        <Button onPress={() => session.run.answerAgain('again')}>{words.again}</Button>
      </div>
    </Dialog>
  )
}
