import { catchRate, type PlantedKind } from '../../client/planted.ts'
import { auditOf, makeRunReceipt, type RunReceipt, type SentChunk } from '../../client/runReceipt.ts'
import type { ScoringServer } from '../../client/server.ts'
import { unforeseen } from '../../core/errors.ts'
import type { Checkpoint } from '../../files/checkpoint.ts'
import type { PolicyCount } from '../../reader/notes.ts'
import type { SessionState } from './state.ts'
import type { TrafficLog } from './traffic.ts'

/** The page's receipt of a run that it sent. */
export interface Receipt extends RunReceipt {
  /**
   * Records with known answers that the client hid among the run's, and how likely it thereby is to notice a server that
   * answers some part of all records wrongly. Absent unless all of them came out as they must.
   */
  readonly planted?: PlantedReceipt
  /** What policies of the card made of cells that were scored, by column; no cell. Absent where none acted. */
  readonly policies?: readonly (Pick<PolicyCount, 'name' | 'decision' | 'as'> & { readonly cells: number })[]
  /** When a worker of the page last proved that the browser refuses it the network. Absent where none did. */
  readonly isolatedAt?: string
}

export interface PlantedReceipt {
  /** What their answers were held against: the card's verification records, or one another. */
  readonly kind: PlantedKind
  readonly records: number
  readonly agreed: number
  readonly noticed: readonly { readonly wrongShare: number; readonly probability: number }[]
}

/** Shares of records that a server may answer wrongly, for which a receipt says how likely that is noticed. */
const wrongShares = [0.01, 0.05, 0.2, 1]

function plantedOf({ map, scores }: SessionState): PlantedReceipt | null {
  if (!map || !scores) return null
  const { planted, records } = scores.progress
  const slots = planted + records.opened
  const noticed = wrongShares.map((wrongShare) => ({
    wrongShare,
    probability: Number(catchRate(planted, slots, Math.ceil(wrongShare * slots)).toFixed(4)),
  }))
  return { kind: map.planted, records: planted, agreed: planted, noticed }
}

/** Of the run whose scores that state shows, or of the last one. */
export async function receiptOf(state: SessionState, server: ScoringServer, traffic: TrafficLog): Promise<Receipt> {
  const audit = await auditOf(state.map?.audit, server)
  return makeReceipt(state, server.url, await traffic.receipt(state.map?.run ?? ''), audit)
}

export function makeReceipt(
  state: SessionState,
  server: string,
  { chunks, omitted }: Awaited<ReturnType<TrafficLog['receipt']>>,
  audit: Checkpoint | null | undefined,
): Receipt {
  const { card, report, map, isolation } = state
  if (!card || !report || !map) unforeseen('a receipt without a run')
  const planted = plantedOf(state)
  const policies = report.policies.map(({ name, decision, as, count }) => ({ name, decision, as, cells: count }))
  const times = chunks.map(({ sentAt }) => sentAt).sort()
  const sum = (of: (chunk: SentChunk) => number): number => chunks.reduce((total, chunk) => total + of(chunk), 0)
  return {
    ...makeRunReceipt({
      server,
      card,
      key: map.key,
      run: map.run,
      status: state.run.status,
      records: { inFile: report.rows, scorable: report.scorable, leftOut: report.leftOut },
      traffic: { bytesUp: sum((c) => c.bytesUp), bytesDown: sum((c) => c.bytesDown), requests: chunks.length },
      firstSentAt: times[0] ?? null,
      lastSentAt: times.at(-1) ?? null,
      chunks,
      chunksOmitted: omitted,
      audit,
    }),
    ...(planted && { planted }),
    ...(policies.length > 0 && { policies }),
    ...(isolation.status === 'proven' && { isolatedAt: isolation.at.toISOString() }),
  }
}
