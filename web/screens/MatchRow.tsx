import type { Card } from '../../core/card/card.ts'
import { givenValues } from '../../reader/givenValues.ts'
import type { SessionState } from '../session/session.ts'
import grid from '../ui/Grid.module.css'
import { Select } from '../ui/Select.tsx'
import { MatchFoundBy } from './MatchFoundBy.tsx'
import styles from './MatchStep.module.css'
import { OneValue } from './OneValue.tsx'
import { useImporterWords } from './useImporterWords.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

type Match = SessionState['matches'][number]

const cellsShown = 3

interface MatchRowProps {
  readonly match: Match
  readonly card: Card
  readonly preview: NonNullable<SessionState['preview']>
}

/** One feature of the model, with the column of the file that feeds it. */
export function MatchRow({ match, card, preview }: MatchRowProps) {
  const { match: words, columns } = useWords()
  const more = useImporterWords()
  const given = useSessionState((state) => givenValues(state.repairs).get(match.feature))
  const feature = card.features[match.feature]
  if (!feature) return null
  const { column } = match
  const open = column === null && given === undefined
  const cells = column === null ? [] : preview.rows.slice(0, cellsShown).map((row) => row[column] ?? '')
  return (
    <tr data-missing={open || undefined}>
      <th scope="row" translate="no">
        <span>{feature.name}</span>
        {feature.label && feature.label !== feature.name && <span className={styles.label}>{feature.label}</span>}
      </th>
      <td>
        <ColumnSelect match={match} feature={feature.name} header={preview.header} open={open} />
        {column === null && <OneValue feature={feature} at={match.feature} given={given} />}
      </td>
      <td className={styles.how} data-label={words.foundBy}>
        <MatchFoundBy match={match} feature={feature.name} header={preview.header} />
      </td>
      <td className={`${grid.readable} ${styles.cells}`} data-label={words.firstCells}>
        {given === undefined ? columns.cells(cells) : more.value(given)}
      </td>
      <td className={styles.allowed} data-label={words.allowed}>
        {columns.allowed(feature)}
      </td>
    </tr>
  )
}

interface ColumnSelectProps {
  readonly match: Match
  readonly feature: string
  readonly header: readonly string[]
  /** Nothing feeds the feature yet. */
  readonly open: boolean
}

/** The file's columns by name; one without a name or with another's gets its number. */
function ColumnSelect({ match, feature, header, open }: ColumnSelectProps) {
  const words = useWords().match
  const session = useSession()
  const busy = useBusy()
  const { column } = match
  const options = header.map((name, i) => {
    const alone = name.trim() !== '' && header.indexOf(name) === header.lastIndexOf(name)
    return { value: String(i), text: alone ? name : words.numbered(name, i + 1), isData: alone }
  })
  return (
    <Select
      label={feature}
      name={words.columnFor(feature)}
      hideLabel
      value={column === null ? '' : String(column)}
      options={[{ value: '', text: words.choose }, ...options]}
      disabled={busy}
      invalid={open}
      onChange={(value) => session.file.matchColumn(match.feature, value === '' ? null : Number(value))}
    />
  )
}
