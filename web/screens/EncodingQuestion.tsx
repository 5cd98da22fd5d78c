import { Button } from '../ui/Button.tsx'
import { encodingNames } from './encodingNames.ts'
import styles from './Preview.module.css'
import { useImporterWords } from './useImporterWords.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'

/** A line of the file as each likely encoding reads it: the person sees which letters are right. */
export function EncodingQuestion() {
  const words = useImporterWords()
  const session = useSession()
  const busy = useBusy()
  const guess = useSessionState((state) => state.guess)
  const present = useSessionState((state) => state.preview?.format.encoding)
  if (!guess) return null
  const names = encodingNames(words.encodings)
  return (
    <div className={styles.confirm} data-asks>
      <p>{words.letters(guess.certain)}</p>
      <ul className={styles.readings} aria-label={words.asItStands}>
        {guess.readings.map(({ encoding, line }) => {
          const name = names.get(encoding) ?? encoding
          const isPresent = encoding === present
          const answer = isPresent ? words.lettersRight : words.readSo
          return (
            <li key={encoding}>
              <span>{name}</span>
              <span translate="no" dir="auto" className={styles.line}>
                {line}
              </span>
              <Button
                primary={isPresent}
                label={words.answer(answer, name)}
                disabled={busy}
                onPress={() =>
                  isPresent ? session.file.confirmEncoding() : void session.file.changeFormat({ encoding })
                }
              >
                {answer}
              </Button>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
