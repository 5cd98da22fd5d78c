import type { Example } from '../../reader/check.ts'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import styles from './CheckStep.module.css'
import { ReadAs } from './ReadAs.tsx'
import { useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

interface ProblemExamplesProps {
  readonly label: string
  /** What is wrong is the number of a row's cells. */
  readonly ragged: boolean
  readonly examples: readonly Example[]
  /** What the cells are of; absent where the problem is about whole rows. */
  readonly feature: number | undefined
  readonly column: string
}

/** Places in the file where a problem stands, with the cells as they are. */
export function ProblemExamples({ label, ragged, examples, feature, column }: ProblemExamplesProps) {
  const { problemGroup: words, repairs, numbers } = useWords()
  const session = useSession()
  const found = useSessionState((state) => (feature === undefined ? undefined : state.card?.features[feature]))
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
            {found && <th scope="col">{repairs.readAs}</th>}
          </tr>
        </thead>
        <tbody>
          {examples.map((example) => (
            <tr key={example.row}>
              <td className={grid.number}>{numbers.integer(example.row)}</td>
              <td className={grid.number}>{numbers.integer(example.line)}</td>
              <CellExample example={example} />
              {found && feature !== undefined && (
                <td>
                  <ReadAs
                    feature={found}
                    label={repairs.readAsOf(column, example.line)}
                    onRead={(text) => session.file.repair({ feature, kind: 'cell', row: example.row, text })}
                  />
                </td>
              )}
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
