import { Suspense } from 'react'
import type { Encoding } from '../../reader/encodings.ts'
import type { SessionState } from '../session/session.ts'
import { Select } from '../ui/Select.tsx'
import { later } from './later.tsx'
import styles from './Preview.module.css'
import { useBusy, useSession } from './useSession.ts'
import { useWords } from './useWords.ts'

const EncodingSelect = later(async () => (await import('./EncodingSelect.tsx')).EncodingSelect)

type Format = NonNullable<SessionState['preview']>['format']

/** How the file is written, as it was found or chosen. Without a format (the file could not be read) only to choose. */
export function FormatSelects({ format }: { readonly format: Format | null }) {
  const words = useWords().format
  const session = useSession()
  const busy = useBusy()
  const none = format ? [] : [{ value: '', text: words.detected } as const]
  return (
    <div className={styles.format}>
      <Select
        label={words.delimiter}
        value={format?.delimiter ?? ''}
        options={[...none, ...optionsOf(words.delimiters)]}
        disabled={busy}
        onChange={(delimiter) => delimiter && void session.file.changeFormat({ delimiter })}
      />
      <Suspense fallback={<EncodingComing encoding={format?.encoding ?? null} />}>
        <EncodingSelect encoding={format?.encoding ?? null} />
      </Suspense>
      <Select
        label={words.decimalMark}
        value={format?.decimalMark ?? ''}
        options={[...none, ...optionsOf(words.decimalMarks)]}
        disabled={busy}
        onChange={(decimalMark) => decimalMark && void session.file.changeFormat({ decimalMark })}
      />
    </div>
  )
}

/** In the place of the encodings while their names are fetched: none of them is said before that, by its code or otherwise. */
function EncodingComing({ encoding }: { readonly encoding: Encoding | null }) {
  const words = useWords().format
  const text = encoding === null ? words.detected : '…'
  return <Select label={words.encoding} value="" options={[{ value: '', text }]} disabled onChange={() => {}} />
}

/** Which line of the file is its header. */
export function HeaderSelect({ preview }: { readonly preview: NonNullable<SessionState['preview']> }) {
  const words = useWords().format
  const session = useSession()
  const busy = useBusy()
  const { starts, format } = preview
  const header = format.header ?? starts[0]?.line ?? 1
  const known = starts.some(({ line }) => line === header) || header === 0
  const lines = known ? starts : [{ line: header, text: '…' }, ...starts]
  return (
    <Select
      label={words.header}
      value={String(header)}
      options={[
        ...lines.map(({ line, text }) => ({ value: String(line), text: words.headerLine(line, text), isData: true })),
        { value: '0', text: words.noHeader },
      ]}
      disabled={busy}
      onChange={(line) => void session.file.changeFormat({ header: Number(line) })}
    />
  )
}

/** The values of a table of words with their texts, in its order. */
function optionsOf<Value extends string>(texts: Readonly<Record<Value, string>>) {
  return (Object.entries(texts) as [Value, string][]).map(([value, text]) => ({ value, text }))
}
