import { useMemo, useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import { keyName } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { grouped, integer } from '../ui/numbers.ts'
import { saveFile } from '../ui/saveFile.ts'
import styles from './ChunkDialog.module.css'
import { expressionWords } from './expressionWords.ts'
import { openSealed } from './sealedChunk.ts'
import { useCells } from './useRows.ts'
import { useSession, useSessionState } from './useSession.ts'

/** So many inputs and so many cells of each are drawn. */
const mostInputs = 60
const mostCells = 24

interface ChunkDialogProps {
  readonly exchange: number
  readonly onClose: () => void
}

/**
 * A request that crossed the line, opened on both sides of it: left the cells of this browser, right the bytes that
 * were handed to the network. One row is one ciphertext.
 */
export function ChunkDialog({ exchange, onClose }: ChunkDialogProps) {
  const session = useSession()
  const card = useSessionState((state) => state.card)
  const key = useSessionState(({ map, key }) => map?.key ?? keyName(key))
  const body = useMemo(() => session.bodyOf(exchange), [session, exchange])
  if (!card || !body || !key) {
    return (
      <Dialog title={`Request ${integer(exchange)}`} onClose={onClose}>
        <p className={styles.gone}>Its bytes are no longer kept: only those of the last requests are.</p>
      </Dialog>
    )
  }
  return (
    <Dialog title={`Request ${integer(exchange)}, opened`} onClose={onClose}>
      <Opened card={card} body={body} set={key.set} name={`request-${exchange}.cbor`} />
    </Dialog>
  )
}

interface OpenedProps {
  readonly card: Card
  readonly body: Uint8Array<ArrayBuffer>
  readonly set: string
  readonly name: string
}

function Opened({ card, body, set, name }: OpenedProps) {
  const map = useSessionState((state) => state.map)
  const matches = useSessionState((state) => state.matches)
  const [block, setBlock] = useState(0)
  const chunk = useMemo(() => openSealed(body, card, set, map), [body, card, set, map])
  const rows = chunk.rows(block)
  const shown = rows.slice(0, mostCells)
  const columns = matches.flatMap(({ column }) => (column === null ? [] : [column]))
  const cells = useCells(shown, columns)
  const inputs = card.inputs.slice(0, mostInputs)
  const first = rows[0]
  return (
    <>
      <div className={styles.header}>
        <dl>
          {chunk.header.map(([member, value]) => (
            <div key={member}>
              <dt>{member}</dt>
              <dd>{/^[0-9a-f]{32,}$/.test(value) ? grouped(value.slice(0, 32)) : value}</dd>
            </div>
          ))}
        </dl>
        <p>
          These are the {integer(body.length)} bytes that were handed to the network, {integer(chunk.headerBytes)} of
          them this header. Compare them with the browser’s own network panel.
        </p>
      </div>
      <div className={styles.actions}>
        <Button disabled={block === 0} onPress={() => setBlock(block - 1)}>
          Previous block
        </Button>
        <Button disabled={block >= chunk.blocks - 1} onPress={() => setBlock(block + 1)}>
          Next block
        </Button>
        <p role="status">
          Block {integer(block + 1)} of {integer(chunk.blocks)}
          {first !== undefined && `: ${integer(rows.length)} records, from row ${integer(first)} on`}
        </p>
        <Button onPress={() => saveFile(new Blob([body]), name)}>Save these bytes</Button>
      </div>
      <div className={styles.sides}>
        <p className={styles.here}>This browser</p>
        <p className={styles.there} data-side="there">
          What the server got
        </p>
        {inputs.map((input, j) => {
          const { offset, hex } = chunk.ciphertext(block, j)
          const feature = card.features[input.column]
          const at = columns.length === matches.length ? input.column : -1
          const what =
            input.kind === 'level'
              ? `${nameOf(card, input.column)} is ${levelOf(card, input)}`
              : nameOf(card, input.column)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a ciphertext is its place
            <div key={j} className={styles.pair}>
              <div className={styles.cells}>
                <span className={styles.what}>{what}</span>
                {feature ? (
                  <span className={styles.amber}>
                    {shown.map((row) => cells.get(row)?.[at] || '·').join('  ')}
                    {rows.length > shown.length && `  … ${integer(rows.length - shown.length)} more`}
                  </span>
                ) : (
                  <span>{madeAs(card, input.column)}, made in this browser</span>
                )}
                {rows.length === 0 && <span>The file’s rows of this run are no longer known.</span>}
              </div>
              <div className={styles.bytes} data-side="there">
                <span className={styles.what}>
                  {integer(chunk.width)} bytes from {integer(offset)} on
                </span>
                <code>{hex.replace(/(.{8})(?=.)/g, '$1 ')} …</code>
              </div>
            </div>
          )
        })}
      </div>
      {card.inputs.length > mostInputs && (
        <p className={styles.gone}>{integer(card.inputs.length - mostInputs)} more ciphertexts in this block.</p>
      )}
    </>
  )
}

function columnOf(card: Card, column: number) {
  return card.features[column] ?? card.derived[column - card.features.length]
}

function nameOf(card: Card, column: number): string {
  return columnOf(card, column)?.name ?? ''
}

function madeAs(card: Card, column: number): string {
  const derived = card.derived[column - card.features.length]
  return derived ? expressionWords(derived.expression) : ''
}

function levelOf(card: Card, input: Extract<Card['inputs'][number], { kind: 'level' }>): string {
  const column = columnOf(card, input.column)
  return column?.type === 'category' ? (column.levels[input.level] ?? '') : ''
}
