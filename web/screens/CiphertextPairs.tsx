import type { Card } from '../../core/card/card.ts'
import styles from './ChunkDialog.module.css'
import { CiphertextCells } from './CiphertextCells.tsx'
import type { SealedChunk } from './sealedChunk.ts'
import { useLaterWords } from './useLaterWords.ts'
import { useCells } from './useRows.ts'
import { useSessionState } from './useSession.ts'

/** So many inputs and so many cells of each are drawn. */
const mostInputs = 60
const mostCells = 24

interface CiphertextPairsProps {
  readonly card: Card
  readonly chunk: SealedChunk
  readonly block: number
  /** The file's rows in this block, null for a planted record. */
  readonly rows: readonly (number | null)[]
}

/**
 * A block of a request on both sides of the line: left the cells of this browser, right the bytes that were handed to the
 * network. One row is one ciphertext.
 */
export function CiphertextPairs({ card, chunk, block, rows }: CiphertextPairsProps) {
  const words = useLaterWords().request
  const matches = useSessionState((state) => state.matches)
  const shown = rows.slice(0, mostCells)
  const columns = matches.flatMap(({ column }) => (column === null ? [] : [column]))
  const cells = useCells(
    shown.filter((row) => row !== null),
    columns,
  )
  const matched = columns.length === matches.length
  const cellsOf = (column: number): string[] =>
    shown.map((row) => (row === null ? words.planted : (matched ? cells.get(row)?.[column] : undefined) || '·'))
  const more = card.inputs.length - mostInputs
  return (
    <>
      <div className={styles.sides}>
        <p className={styles.here}>{words.here}</p>
        <p className={styles.there} data-side="there">
          {words.there}
        </p>
        {card.inputs.slice(0, mostInputs).map((input, j) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a ciphertext is its place
          <div key={j} className={styles.pair}>
            <CiphertextCells card={card} input={input} cells={cellsOf(input.column)} rows={rows.length} />
            <Ciphertext width={chunk.width} {...chunk.ciphertext(block, j)} />
          </div>
        ))}
      </div>
      {more > 0 && <p className={styles.gone}>{words.moreCiphertexts(more)}</p>}
    </>
  )
}

interface CiphertextProps {
  readonly width: number
  readonly offset: number
  readonly hex: string
}

function Ciphertext({ width, offset, hex }: CiphertextProps) {
  const words = useLaterWords().request
  return (
    <div className={styles.bytes} data-side="there">
      <span className={styles.what}>{words.bytesFrom(width, offset)}</span>
      <code translate="no">{`${hex.replace(/(.{8})(?=.)/g, '$1 ')} …`}</code>
    </div>
  )
}
