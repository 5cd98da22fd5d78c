import { Step } from '../ui/Step.tsx'
import type { ModelCheck } from '../vendor/reviewModelFile.ts'
import { modelNotesIn } from '../words/modelNotes.ts'
import { noteText } from '../words/notes.ts'
import { useLaterWords } from './useLaterWords.ts'
import { useLanguageId } from './useWords.ts'
import styles from './VendorPage.module.css'

/** That the server would take the model, and what its vendor should know before. */
export function ModelVerdict({ check }: { readonly check: ModelCheck }) {
  const words = useLaterWords().modelVerdict
  const notes = modelNotesIn[useLanguageId()]
  return (
    <Step title={words.title} aside={words.of(check.format, check.card.title)}>
      <p role="status" className={styles.verdict}>
        {words.taken}
      </p>
      <ul className={styles.list} aria-label={words.toKnow}>
        {[...check.notes.map((note) => noteText(notes, note)), ...warningsOf(check, words.warnings)].map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Step>
  )
}

/** What the file itself does not say and its vendor should think of. */
function warningsOf(
  { card, idle }: ModelCheck,
  words: ReturnType<typeof useLaterWords>['modelVerdict']['warnings'],
): string[] {
  const records = card.verification.length
  return [
    words.weightsFromScores(card.inputs.length),
    records === 0 ? words.noVerification : words.verified(records),
    ...(idle.length > 0 ? [words.idle(idle)] : []),
    ...(card.quality ? [] : [words.noQuality]),
  ]
}
