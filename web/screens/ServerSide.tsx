import { type Fact, Facts } from '../ui/Facts.tsx'
import { bytes, grouped, integer } from '../ui/numbers.ts'
import { Exchanges } from './Exchanges.tsx'
import styles from './ServerSide.module.css'
import { useSessionState } from './useSession.ts'

/** The right of the line: what the scoring server gets to see, and what it got. */
export function ServerSide() {
  const card = useSessionState((state) => state.card)
  const key = useSessionState((state) => state.key)
  const exchanges = useSessionState((state) => state.exchanges)
  const { requests, bytesUp, bytesDown } = useSessionState((state) => state.traffic)
  const facts: Fact[] = [
    { name: 'Requests', value: integer(requests) },
    { name: 'Bytes to it', value: bytes(bytesUp) },
    { name: 'Bytes from it', value: bytes(bytesDown) },
    ...(card
      ? [{ name: 'Model’s card', value: <code title={card.hash}>{grouped(card.hash.slice(0, 16))}</code> }]
      : []),
    ...(key.status === 'ready'
      ? [
          {
            name: 'Key’s fingerprint',
            value: <code title={key.info.fingerprint}>{grouped(key.info.fingerprint.slice(0, 16))}</code>,
          },
        ]
      : []),
  ]
  return (
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
      {exchanges.length > 0 && <Exchanges exchanges={exchanges} last={requests} />}
    </div>
  )
}
