import { errorOf } from '../session/faults.ts'
import type { SessionState } from '../session/session.ts'
import { headerWaits as waitsForHeader } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { noteText } from '../words/notes.ts'
import { FirstRows } from './FirstRows.tsx'
import { FormatSelects, HeaderSelect } from './FormatSelects.tsx'
import styles from './Preview.module.css'
import { Problem } from './Problem.tsx'
import { useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** The file's first rows, as they are read, and how they are read. */
export function Preview({ preview }: { readonly preview: NonNullable<SessionState['preview']> }) {
  const { preview: words, readerNotes } = useWords()
  const session = useSession()
  const sample = useSessionState((state) => state.origin === 'sample')
  const table = useSessionState((state) => state.table)
  const confirmDecimal = useSessionState((state) => state.confirmDecimal)
  const headerWaits = useSessionState(waitsForHeader)
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
      {confirmDecimal && (
        <div className={styles.confirm}>
          <p>{words.confirm}</p>
          <Button primary onPress={() => session.file.confirmDecimalMark()}>
            {words.confirmComma}
          </Button>
        </div>
      )}
      {headerWaits && (
        <div className={styles.confirm}>
          <Problem error={errorOf('columns/header', 'headerMayBeRecord')} />
          <Button primary onPress={() => void session.file.changeFormat({ header: 0 })}>
            {words.isRecord}
          </Button>
          <Button onPress={() => session.file.confirmHeader()}>{words.isHeader}</Button>
        </div>
      )}
      <FirstRows preview={preview} few={sample} />
    </section>
  )
}
