import { useState } from 'react'
import { keyName } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { type Fact, Facts } from '../ui/Facts.tsx'
import { bytes, grouped, integer } from '../ui/numbers.ts'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { ChunkDialog } from './ChunkDialog.tsx'
import { Exchanges } from './Exchanges.tsx'
import { Problem } from './Problem.tsx'
import styles from './ServerSide.module.css'
import { useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'

/** The right of the line: what the scoring server gets to see, and what it got. */
export function ServerSide() {
  const session = useSession()
  const [opened, setOpened] = useState<number | null>(null)
  const hasRun = useSessionState(({ map, run }) => map !== null && run.status !== 'running')
  const name = useSessionState((state) => state.file?.name ?? 'run')
  const saving = useTask(async () => {
    const text = `${JSON.stringify(await session.receipt(), null, 2)}\n`
    saveFile(new Blob([text], { type: 'application/json' }), siblingName(name, 'receipt.json'))
  })
  const card = useSessionState((state) => state.card)
  const key = useSessionState((state) => keyName(state.key))
  const exchanges = useSessionState((state) => state.exchanges)
  const { requests, bytesUp, bytesDown } = useSessionState((state) => state.traffic)
  const facts: Fact[] = [
    { name: 'Requests', value: integer(requests) },
    { name: 'Bytes to it', value: bytes(bytesUp) },
    { name: 'Bytes from it', value: bytes(bytesDown) },
    ...(card
      ? [{ name: 'Model’s card', value: <code title={card.hash}>{grouped(card.hash.slice(0, 16))}</code> }]
      : []),
    ...(key
      ? [
          {
            name: 'Key’s fingerprint',
            value: <code title={key.fingerprint}>{grouped(key.fingerprint.slice(0, 16))}</code>,
          },
        ]
      : []),
  ]
  return (
    <>
      <div className={styles.server}>
        <dl className={styles.views}>
          <dt>Sees</dt>
          <dd>Sealed numbers, how many records, when they come, and the key’s public half.</dd>
          <dt>Never sees</dt>
          <dd>The records, the scores, the key’s private half.</dd>
          <dt>Keeps</dt>
          <dd>The model’s weights: this page never gets them.</dd>
        </dl>
        <h2>What the server saw</h2>
        <Facts facts={facts} />
        {exchanges.some(({ bodyHeld }) => bodyHeld) && (
          <p className={styles.hint}>Open a chunk to see its bytes beside the cells that they were made from.</p>
        )}
        {exchanges.length > 0 && <Exchanges exchanges={exchanges} onOpen={setOpened} />}
        {hasRun && (
          <div>
            <Button onPress={saving.run} pending={saving.pending}>
              Download the receipt
            </Button>
          </div>
        )}
        {saving.error !== null && <Problem error={saving.error} />}
      </div>
      {opened !== null && <ChunkDialog exchange={opened} onClose={() => setOpened(null)} />}
    </>
  )
}
