import { useState } from 'react'
import type { ProblemGroup as Group } from '../../reader/check.ts'
import { countsAs } from '../../reader/policies.ts'
import type { Suggestion } from '../../reader/suggest.ts'
import type { Session } from '../session/session.ts'
import { Button } from '../ui/Button.tsx'
import styles from './CheckStep.module.css'
import { CopyDetails } from './Problem.tsx'
import { ProblemExamples } from './ProblemExamples.tsx'
import { ReadEvery } from './ReadEvery.tsx'
import { Suggestions } from './Suggestions.tsx'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

const fewExamples = 4

interface ProblemGroupProps {
  readonly group: Group
  /** What would mend some of its cells. */
  readonly suggestions: readonly Suggestion[]
}

/** One kind of problem in one column: what would mend it, and the first places where it stands. */
export function ProblemGroup({ group, suggestions }: ProblemGroupProps) {
  const words = useWords().problemGroup
  const [all, setAll] = useState(false)
  const { code, column, expected, count, examples } = group
  const shown = all ? examples : examples.slice(0, fewExamples)
  const ailment = words.ailments[code](count)
  const what = column === undefined ? ailment : words.ofColumn(column, ailment)
  return (
    <li className={styles.group} data-code={code} data-mendable={suggestions.length > 0}>
      <div className={styles.title}>
        <strong>{what}</strong>
        <CopyDetails code={code} sentence={what} />
      </div>
      {!/^row.(?!ragged)/.test(code) && <p className={styles.expected}>{words.expected(expected)}</p>}
      <Suggestions suggestions={suggestions} column={column ?? ''} />
      {code === 'cell/near' && <LeftToPolicy feature={group.feature ?? 0} column={column ?? ''} />}
      {code === 'row/total' && <AsRecords say={words.scoreTotals} onSaid={(file) => file.scoreTotals()} />}
      {code === 'row/table' && <AsRecords say={words.scoreTables} onSaid={(file) => file.scoreTables()} />}
      {group.feature !== undefined && <ReadEvery feature={group.feature} column={column ?? ''} examples={examples} />}
      <ProblemExamples
        label={words.examples(what)}
        ragged={code === 'row/ragged'}
        examples={shown}
        feature={group.feature}
        column={column ?? ''}
      />
      {shown.length < examples.length && (
        <div>
          <Button onPress={() => setAll(true)}>
            {count > examples.length ? words.showFirst(examples.length) : words.showAll(examples.length)}
          </Button>
        </div>
      )}
    </li>
  )
}

/** Leaves a column's cells to the card's policy, though they are near a known value. */
function LeftToPolicy({ feature, column }: { readonly feature: number; readonly column: string }) {
  const { problemGroup: words, modelCard, repairs } = useWords()
  const session = useSession()
  const busy = useBusy()
  const card = useSessionState((state) => state.card)
  const found = card?.features[feature]
  if (!card || !found) return null
  const becomes = modelCard.becomes(found, countsAs(card, feature, found.type === 'category' ? 'unknown' : 'invalid'))
  const text = words.leaveToPolicy(becomes)
  return (
    <>
      <p>{words.elsePolicy(becomes)}</p>
      <Button
        label={repairs.offerOf(text, column, '')}
        disabled={busy}
        onPress={() => session.file.repair({ feature, kind: 'policy' })}
      >
        {text}
      </Button>
    </>
  )
}

interface AsRecordsProps {
  readonly say: string
  readonly onSaid: (file: Session['file']) => void
}

/** Says of rows that look like something else that they are records. */
function AsRecords({ say, onSaid }: AsRecordsProps) {
  const session = useSession()
  const busy = useBusy()
  return (
    <div>
      <Button disabled={busy} onPress={() => onSaid(session.file)}>
        {say}
      </Button>
    </div>
  )
}
