import type { Example } from '../../reader/check.ts'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import styles from './CheckStep.module.css'
import { useWords } from './useWords.ts'

interface ProblemExamplesProps {
  readonly label: string
  /** What is wrong is the number of a row's cells. */
  readonly ragged: boolean
  readonly examples: readonly Example[]
}

/** Places in the file where a problem stands, with the cells as they are. */
export function ProblemExamples({ label, ragged, examples }: ProblemExamplesProps) {
  const { problemGroup: words, numbers } = useWords()
  return (
    <Scroller label={label} className={styles.examples}>
      <table className={grid.grid} aria-label={label}>
        <thead>
          <tr>
            <th scope="col" className={`${grid.number} ${grid.tight}`}>
              {words.row}
            </th>
            <th scope="col" className={`${grid.number} ${grid.tight}`}>
              {words.line}
            </th>
            <th scope="col">{ragged ? words.found : words.cell}</th>
          </tr>
        </thead>
        <tbody>
          {examples.map((example) => (
            <tr key={example.row}>
              <td className={grid.number}>{numbers.integer(example.row)}</td>
              <td className={grid.number}>{numbers.integer(example.line)}</td>
              <CellExample example={example} />
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

function CellExample({ example: { text, cells } }: { readonly example: Example }) {
  const { problemGroup, columns } = useWords()
  if (text)
    return (
      <td translate="no" className={grid.readable}>
        {text}
      </td>
    )
  return <td className={grid.readable}>{text === null ? problemGroup.cells(cells ?? 0) : columns.emptyCell}</td>
}
