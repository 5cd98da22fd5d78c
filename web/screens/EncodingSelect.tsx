import type { Encoding } from '../../reader/encodings.ts'
import { Select } from '../ui/Select.tsx'
import { encodingNames } from './encodingNames.ts'
import { useImporterWords } from './useImporterWords.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** Every encoding that is read: those that the file's letters speak for, then all by where they are used. */
export function EncodingSelect({ encoding }: { readonly encoding: Encoding | null }) {
  const words = useWords().format
  const { encodings, likely } = useImporterWords()
  const session = useSession()
  const busy = useBusy()
  const guess = useSessionState((state) => state.guess)
  const names = encodingNames(encodings)
  const first = (guess?.readings ?? []).map((reading) => reading.encoding)
  const optionsOf = (each: readonly Encoding[]) => each.map((value) => ({ value, text: names.get(value) ?? value }))
  const groups = Object.values(encodings).map((group) => ({
    title: group.title,
    options: optionsOf((Object.keys(group.names) as Encoding[]).filter((value) => !first.includes(value))),
  }))
  return (
    <Select<Encoding | ''>
      label={words.encoding}
      value={encoding ?? ''}
      options={encoding ? [] : [{ value: '', text: words.detected }]}
      groups={[{ title: likely, options: optionsOf(first) }, ...groups].filter(({ options }) => options.length > 0)}
      disabled={busy}
      onChange={(value) => value !== '' && void session.file.changeFormat({ encoding: value })}
    />
  )
}
