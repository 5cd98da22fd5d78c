import { useState } from 'react'
import type { ProblemGroup as Group } from '../../reader/check.ts'
import type { Suggestion } from '../../reader/suggest.ts'
import { Button } from '../ui/Button.tsx'
import styles from './CheckStep.module.css'
import { ProblemExamples } from './ProblemExamples.tsx'
import { Suggestions } from './Suggestions.tsx'
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
    <li className={styles.group} data-mendable={suggestions.length > 0}>
      <div className={styles.title}>
        <strong>{what}</strong>
        <code translate="no">{code}</code>
      </div>
      <p className={styles.expected}>{words.expected(expected)}</p>
      <Suggestions suggestions={suggestions} column={column ?? ''} />
      <ProblemExamples label={words.examples(what)} ragged={code === 'row/ragged'} examples={shown} />
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
