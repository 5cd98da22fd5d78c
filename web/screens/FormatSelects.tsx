import type { SessionState } from '../session/session.ts'
import { Select } from '../ui/Select.tsx'
import styles from './Preview.module.css'
import { useBusy, useSession } from './useSession.ts'

type Format = NonNullable<SessionState['preview']>['format']

const detected = { value: '', text: 'As detected' } as const

const delimiters = [
  { value: ',', text: 'Comma' },
  { value: ';', text: 'Semicolon' },
  { value: '\t', text: 'Tab' },
  { value: '|', text: 'Vertical bar' },
] as const satisfies readonly { value: Format['delimiter']; text: string }[]

const encodings = [
  { value: 'utf-8', text: 'UTF-8' },
  { value: 'utf-16le', text: 'UTF-16 LE' },
  { value: 'utf-16be', text: 'UTF-16 BE' },
  { value: 'windows-1252', text: 'Windows-1252' },
] as const satisfies readonly { value: Format['encoding']; text: string }[]

const decimalMarks = [
  { value: '.', text: 'Point (1.5)' },
  { value: ',', text: 'Comma (1,5)' },
] as const satisfies readonly { value: Format['decimalMark']; text: string }[]

/** How the file is written, as it was found or chosen. Without a format (the file could not be read) only to choose. */
export function FormatSelects({ format }: { readonly format: Format | null }) {
  const session = useSession()
  const busy = useBusy()
  const none = format ? [] : [detected]
  return (
    <div className={styles.format}>
      <Select
        label="Delimiter"
        value={format?.delimiter ?? ''}
        options={[...none, ...delimiters]}
        disabled={busy}
        onChange={(delimiter) => delimiter && void session.file.changeFormat({ delimiter })}
      />
      <Select
        label="Encoding"
        value={format?.encoding ?? ''}
        options={[...none, ...encodings]}
        disabled={busy}
        onChange={(encoding) => encoding && void session.file.changeFormat({ encoding })}
      />
      <Select
        label="Decimal mark"
        value={format?.decimalMark ?? ''}
        options={[...none, ...decimalMarks]}
        disabled={busy}
        onChange={(decimalMark) => decimalMark && void session.file.changeFormat({ decimalMark })}
      />
    </div>
  )
}
