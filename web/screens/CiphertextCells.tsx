import { type Card, columnAt } from '../../core/card/card.ts'
import { Data } from '../ui/Data.tsx'
import styles from './ChunkDialog.module.css'
import { useLaterWords } from './useLaterWords.ts'

type Input = Card['inputs'][number]

interface CiphertextCellsProps {
  readonly card: Card
  readonly input: Input
  /** The first cells that the ciphertext was made of, where it is made of cells. */
  readonly cells: readonly string[]
  /** Rows in the block, of which the cells may be the first few; 0 where they are no longer known. */
  readonly rows: number
}

/** What a ciphertext holds: the cells of a column, or what was made of them. */
export function CiphertextCells({ card, input, cells, rows }: CiphertextCellsProps) {
  const words = useLaterWords().request
  const { derivedColumns } = useLaterWords()
  const derived = card.derived[input.column - card.features.length]
  const more = rows - cells.length
  return (
    <div className={styles.cells}>
      <span className={styles.what}>
        <InputName card={card} input={input} />
      </span>
      {derived ? (
        <span>{words.madeHere(derivedColumns.expression(derived.expression))}</span>
      ) : (
        <span className={styles.amber}>
          <Data>{cells.join('  ')}</Data>
          {more > 0 && <span>{words.moreCells(more)}</span>}
        </span>
      )}
      {rows === 0 && <span>{words.rowsUnknown}</span>}
    </div>
  )
}

function InputName({ card, input }: { readonly card: Card; readonly input: Input }) {
  const words = useLaterWords().request
  const column = columnAt(card, input.column)
  if (input.kind !== 'level') return <Data>{column?.name}</Data>
  const level = column?.type === 'category' ? column.levels[input.level] : undefined
  return words.level(column?.name ?? '', level ?? '')
}
