import { Button } from '../ui/Button.tsx'
import { Select } from '../ui/Select.tsx'
import { noteText } from '../words/notes.ts'
import { FormatSelects } from './FormatSelects.tsx'
import { Preview } from './Preview.tsx'
import { Problem } from './Problem.tsx'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** What there is of the file that was handed in: its first rows, or why it could not be read. */
export function OpenedFile({ several }: { readonly several: boolean }) {
  const words = useWords().records
  const file = useSessionState((state) => state.file)
  const reading = useSessionState((state) => state.reading)
  const preview = useSessionState((state) => state.preview)
  const problem = useSessionState((state) => state.fileProblem)
  return (
    <>
      {several && file && <p>{words.several}</p>}
      <Sheets />
      {reading && <p role="status">{words.reading}</p>}
      {problem && <Problem error={problem} />}
      {problem && !preview && problem.code !== 'file/not-text' && <FormatSelects format={null} />}
      {preview && <Preview preview={preview} />}
    </>
  )
}

/** Which sheet of a workbook is read, and what is to be said of it. */
function Sheets() {
  const { records: words, readerNotes } = useWords()
  const session = useSession()
  const busy = useBusy()
  const table = useSessionState((state) => state.table)
  if (!table) return null
  return (
    <>
      {table.sheets.length > 1 && (
        <Select
          label={words.sheet}
          value={String(table.sheet)}
          options={table.sheets.map((name, i) => {
            const hidden = table.hiddenSheets.includes(i)
            return { value: String(i), text: hidden ? words.hiddenSheet(name) : name, isData: !hidden }
          })}
          disabled={busy}
          onChange={(value) => void session.file.chooseSheet(Number(value))}
        />
      )}
      {table.hiddenRows > 0 && !table.readHidden && (
        <Button disabled={busy} onPress={() => void session.file.chooseSheet(table.sheet, true)}>
          {words.readHidden}
        </Button>
      )}
      {table.notes.map((note) => (
        <p key={JSON.stringify(note)}>{noteText(readerNotes, note)}</p>
      ))}
    </>
  )
}
