import { useState } from 'react'
import { expectedText } from '../../words/en/expected.ts'
import type { SessionState } from '../session/session.ts'
import { Button } from '../ui/Button.tsx'
import grid from '../ui/Grid.module.css'
import { counted, integer } from '../ui/numbers.ts'
import { Scroller } from '../ui/Scroller.tsx'
import styles from './CheckStep.module.css'
import type { Suggestion } from './repairWords.ts'
import { Suggestions } from './Suggestions.tsx'

type Group = NonNullable<SessionState['report']>['groups'][number]

const fewExamples = 4

/** What ails the cells of a group: "12 cells are outside the allowed range". */
const ailments: Record<Group['code'], (count: number) => string> = {
  'cell/missing': (count) => `${counted(count, 'cell')} ${count === 1 ? 'is' : 'are'} empty`,
  'cell/not-a-number': (count) => `${counted(count, 'cell')} ${count === 1 ? 'is no number' : 'are no numbers'}`,
  'cell/range': (count) => `${counted(count, 'cell')} ${count === 1 ? 'is' : 'are'} outside the allowed range`,
  'cell/precision': (count) => `${counted(count, 'cell')} ${count === 1 ? 'has' : 'have'} more decimals than allowed`,
  'cell/level': (count) => `${counted(count, 'cell')} ${count === 1 ? 'is' : 'are'} not among the known values`,
  'row/ragged': (count) => `${counted(count, 'row')} ${count === 1 ? 'has' : 'have'} another number of cells`,
}

interface ProblemGroupProps {
  readonly group: Group
  /** What would mend some of its cells. */
  readonly suggestions: readonly Suggestion[]
}

/** One kind of problem in one column: what would mend it, and the first places where it stands. */
export function ProblemGroup({ group, suggestions }: ProblemGroupProps) {
  const [all, setAll] = useState(false)
  const { code, column, expected, count, examples } = group
  const shown = all ? examples : examples.slice(0, fewExamples)
  const what = `${column === undefined ? '' : `${column}: `}${ailments[code](count)}`
  return (
    <li className={styles.group} data-mendable={suggestions.length > 0}>
      <div className={styles.title}>
        <strong>{what}</strong>
        <code>{code}</code>
      </div>
      <p className={styles.expected}>Expected: {expectedText(expected)}</p>
      <Suggestions suggestions={suggestions} column={column ?? ''} />
      <Scroller label={`Examples, ${what}`} className={styles.examples}>
        <table className={grid.grid} aria-label={`Examples, ${what}`}>
          <thead>
            <tr>
              <th scope="col" className={`${grid.number} ${grid.tight}`}>
                Row
              </th>
              <th scope="col" className={`${grid.number} ${grid.tight}`}>
                Line
              </th>
              <th scope="col">{code === 'row/ragged' ? 'Found' : 'Cell'}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ row, line, text, cells }) => (
              <tr key={row}>
                <td className={grid.number}>{integer(row)}</td>
                <td className={grid.number}>{integer(line)}</td>
                <td className={grid.readable}>{text === null ? counted(cells ?? 0, 'cell') : text || '(empty)'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {shown.length < examples.length && (
        <div>
          <Button onPress={() => setAll(true)}>
            {count > examples.length ? `Show the first ${examples.length}` : `Show all ${examples.length}`}
          </Button>
        </div>
      )}
    </li>
  )
}
