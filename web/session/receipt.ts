import { unforeseen } from '../../core/errors.ts'
import { parameterSet } from '../../core/protocol/schemes.ts'
import type { SessionState } from './state.ts'
import type { SentChunk, TrafficLog } from './traffic.ts'

/** What a person keeps of a run: enough to show later what was sent where, and nothing that could be read from it. */
export interface Receipt {
  readonly format: 'blindscore-receipt/1'
  readonly server: string
  readonly model: { readonly id: string; readonly version: string; readonly title: string; readonly cardHash: string }
  readonly key: { readonly fingerprint: string; readonly bits: number }
  /** When the browser last proved that the page's workers have no network, or null where it did not. */
  readonly isolatedAt: string | null
  readonly run: string
  readonly status: string
  readonly records: { readonly inFile: number; readonly scorable: number; readonly leftOut: number }
  readonly traffic: { readonly bytesUp: number; readonly bytesDown: number; readonly requests: number }
  readonly firstSentAt: string | null
  readonly lastSentAt: string | null
  /** Every request that carried a chunk, with the SHA-256 of its body. */
  readonly chunks: readonly SentChunk[]
  /** Requests beyond those that are listed. */
  readonly chunksOmitted: number
}

export function makeReceipt(
  state: SessionState,
  server: string,
  { run, chunks, omitted }: Awaited<ReturnType<TrafficLog['receipt']>>,
): Receipt {
  const { card, report, map, isolation } = state
  if (!card || !report || !map || map.run !== run) {
    unforeseen('a receipt without a run')
  }
  const times = chunks.map(({ sentAt }) => sentAt).sort()
  const sum = (of: (chunk: SentChunk) => number): number => chunks.reduce((total, chunk) => total + of(chunk), 0)
  return {
    format: 'blindscore-receipt/1',
    server,
    model: { id: card.id, version: card.version, title: card.title, cardHash: card.hash },
    key: { fingerprint: map.key.fingerprint, bits: parameterSet(map.key.set).bits },
    isolatedAt: isolation.status === 'proven' ? isolation.at.toISOString() : null,
    run,
    status: state.run.status,
    records: { inFile: report.rows, scorable: report.scorable, leftOut: report.leftOut },
    traffic: { bytesUp: sum((c) => c.bytesUp), bytesDown: sum((c) => c.bytesDown), requests: chunks.length },
    firstSentAt: times[0] ?? null,
    lastSentAt: times.at(-1) ?? null,
    chunks,
    chunksOmitted: omitted,
  }
}
