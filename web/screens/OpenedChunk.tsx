import { useMemo, useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import { Button } from '../ui/Button.tsx'
import { grouped } from '../ui/grouped.ts'
import { saveFile } from '../ui/saveFile.ts'
import styles from './ChunkDialog.module.css'
import { CiphertextPairs } from './CiphertextPairs.tsx'
import { openSealed, type SealedChunk } from './sealedChunk.ts'
import { useLaterWords } from './useLaterWords.ts'
import { useSessionState } from './useSession.ts'

interface OpenedChunkProps {
  readonly card: Card
  readonly body: Uint8Array<ArrayBuffer>
  readonly set: string
  readonly name: string
}

/** A request's header, and one of its blocks at a time. */
export function OpenedChunk({ card, body, set, name }: OpenedChunkProps) {
  const words = useLaterWords().request
  const map = useSessionState((state) => state.map)
  const [block, setBlock] = useState(0)
  const chunk = useMemo(() => openSealed(body, card, set, map), [body, card, set, map])
  const rows = chunk.rows(block)
  const first = rows.find((row) => row !== null)
  return (
    <>
      <ChunkHeader chunk={chunk} bytes={body.length} />
      <div className={styles.actions}>
        <Button disabled={block === 0} onPress={() => setBlock(block - 1)}>
          {words.previous}
        </Button>
        <Button disabled={block >= chunk.blocks - 1} onPress={() => setBlock(block + 1)}>
          {words.next}
        </Button>
        <p role="status">
          {first == null
            ? words.block(block + 1, chunk.blocks)
            : words.blockOf(block + 1, chunk.blocks, rows.length, first)}
        </p>
        <Button onPress={() => saveFile(new Blob([body]), name)}>{words.save}</Button>
      </div>
      <CiphertextPairs card={card} chunk={chunk} block={block} rows={rows} />
    </>
  )
}

function ChunkHeader({ chunk, bytes }: { readonly chunk: SealedChunk; readonly bytes: number }) {
  const words = useLaterWords().request
  const { header, headerBytes, ciphertexts, width } = chunk
  return (
    <div className={styles.header}>
      <dl>
        {header.map(([member, value]) => (
          <div key={member} translate="no">
            <dt>{member}</dt>
            <dd>{/^[0-9a-f]{32,}$/.test(value) ? grouped(value.slice(0, 32)) : value}</dd>
          </div>
        ))}
        <div>
          <dt translate="no">{'ciphertexts'}</dt>
          <dd>{words.ciphertexts(ciphertexts.bytes, ciphertexts.count, width)}</dd>
        </div>
      </dl>
      <p>{words.handed(bytes, headerBytes)}</p>
    </div>
  )
}
