import type { Card } from '../../core/card/card.ts'
import type { SessionState } from '../session/session.ts'
import { Button } from '../ui/Button.tsx'
import grid from '../ui/Grid.module.css'
import { percent } from '../ui/numbers.ts'
import { Select } from '../ui/Select.tsx'
import { allowed } from './feature.ts'
import styles from './MatchStep.module.css'
import { useBusy, useSession, useSessionState } from './useSession.ts'

type Match = SessionState['matches'][number]

const found = {
  name: 'name',
  alias: 'other name',
  chosen: 'you',
  none: 'not found',
  ambiguous: 'several fit',
  taken: 'given to another',
} as const satisfies Record<Match['how'], string>

/** How sure each way of finding a column is. */
const confidence: Partial<Record<Match['how'], string>> = { name: '100 %', alias: '100 %' }

interface MatchRowProps {
  readonly match: Match
  readonly card: Card
  readonly preview: NonNullable<SessionState['preview']>
}

export function MatchRow({ match, card, preview }: MatchRowProps) {
  const session = useSession()
  const busy = useBusy()
  const suggestion = useSessionState(({ columnSuggestions, matches }) =>
    columnSuggestions.find(
      (each) => each.feature === match.feature && !matches.some((other) => other.column === each.column),
    ),
  )
  const feature = card.features[match.feature]
  if (!feature) return null
  const { column } = match
  const suggested = column === null ? suggestion : undefined
  const cells = column === null ? [] : preview.rows.slice(0, 3).map((row) => row[column] || '(empty)')
  return (
    <tr data-missing={column === null || undefined}>
      <th scope="row">
        {feature.name}
        {feature.label && feature.label !== feature.name && <span className={styles.label}>{feature.label}</span>}
      </th>
      <td>
        <Select
          label={feature.name}
          name={`Column for ${feature.name}`}
          hideLabel
          value={column === null ? '' : String(column)}
          options={[{ value: '', text: 'Choose a column' }, ...columnOptions(preview.header)]}
          disabled={busy}
          invalid={column === null}
          onChange={(value) => session.file.matchColumn(match.feature, value === '' ? null : Number(value))}
        />
      </td>
      <td className={styles.how} data-label="Found by">
        {suggested ? (
          <Button
            label={`Use ${preview.header[suggested.column] ?? ''} for ${feature.name}`}
            disabled={busy}
            onPress={() => session.file.matchColumn(match.feature, suggested.column)}
          >
            Use “{(preview.header[suggested.column] ?? '').slice(0, 24)}”, {percent(suggested.alike)} alike
          </Button>
        ) : (
          <>
            {found[match.how]}
            {confidence[match.how] && <span className={styles.sure}>{confidence[match.how]}</span>}
          </>
        )}
      </td>
      <td className={`${grid.readable} ${styles.cells}`} data-label="First cells">
        {cells.join(' · ')}
      </td>
      <td className={styles.allowed} data-label="Allowed">
        {allowed(feature)}
      </td>
    </tr>
  )
}

/** The file's columns by name; one without a name or with another's gets its number. */
function columnOptions(header: readonly string[]): { value: string; text: string }[] {
  return header.map((name, i) => {
    const alone = name.trim() !== '' && header.indexOf(name) === header.lastIndexOf(name)
    return { value: String(i), text: alone ? name : `${name} (column ${i + 1})`.trim() }
  })
}
