import type { SessionState } from '../session/session.ts'
import { Disclosure } from '../ui/Disclosure.tsx'
import { noteText } from '../words/notes.ts'
import { FirstRows } from './FirstRows.tsx'
import { FormatQuestions } from './FormatQuestions.tsx'
import { FormatSelects, HeaderSelect } from './FormatSelects.tsx'
import styles from './Preview.module.css'
import { useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** The file's first rows, as they are read, and how they are read. */
export function Preview({ preview }: { readonly preview: NonNullable<SessionState['preview']> }) {
  const { preview: words, readerNotes } = useWords()
  const sample = useSessionState((state) => state.origin === 'sample')
  const table = useSessionState((state) => state.table)
  const { notes, format } = preview
  return (
    <section className={styles.preview} aria-label={words.title}>
      {sample ? (
        <Disclosure title={words.howRead}>
          <FormatSelects format={format} />
        </Disclosure>
      ) : (
        <>
          {!table && <FormatSelects format={format} />}
          <HeaderSelect preview={preview} />
        </>
      )}
      {notes.length > 0 && (
        <ul className={styles.notes}>
          {notes.map((note) => (
            <li key={JSON.stringify(note)}>{noteText(readerNotes, note)}</li>
          ))}
        </ul>
      )}
      <FormatQuestions />
      <FirstRows preview={preview} few={sample} />
    </section>
  )
}
