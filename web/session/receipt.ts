import { catchRate, type PlantedKind } from '../../client/planted.ts'
import type { ScoringServer } from '../../client/server.ts'
import { unforeseen } from '../../core/errors.ts'
import type { KeyName } from '../../core/protocol/scheme.ts'
import { parameterSet, schemeOf } from '../../core/protocol/schemes.ts'
import type { Checkpoint } from '../../files/checkpoint.ts'
import type { PolicyCount } from '../../reader/notes.ts'
import type { SessionState } from './state.ts'
import type { SentChunk, TrafficLog } from './traffic.ts'

/** What a person keeps of a run: enough to show later what was sent where, and nothing that could be read from it. */
export interface Receipt {
  readonly format: 'blindscore-receipt/1'
  readonly server: string
  readonly model: { readonly id: string; readonly version: string; readonly title: string; readonly cardHash: string }
  /** Of a key that was made for the run: its parameter set. */
  readonly key: { readonly fingerprint: string; readonly bits: number; readonly set?: string }
  readonly run: string
  readonly status: string
  readonly records: { readonly inFile: number; readonly scorable: number; readonly leftOut: number }
  /**
   * Records with known answers that the client hid among the run's, and how likely it thereby is to notice a server that
   * answers some part of all records wrongly. Absent unless all of them came out as they must.
   */
  readonly planted?: PlantedReceipt
  readonly traffic: { readonly bytesUp: number; readonly bytesDown: number; readonly requests: number }
  readonly firstSentAt: string | null
  readonly lastSentAt: string | null
  /** Every request that carried a chunk, with the SHA-256 of its body. */
  readonly chunks: readonly SentChunk[]
  /** Requests beyond those that are listed. */
  readonly chunksOmitted: number
  /** What policies of the card made of cells that were scored, by column; no cell. Absent where none acted. */
  readonly policies?: readonly (Pick<PolicyCount, 'name' | 'decision' | 'as'> & { readonly cells: number })[]
  /**
   * What the server signed of its log of answers once the run was over, for `blindscore audit verify`: at the run's end or, where it
   * ended before all was answered, when this was made. Null where it says that it keeps one and gave no such thing, absent where it
   * keeps none.
   */
  readonly audit?: Checkpoint | null
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

function keyOf({ fingerprint, set: id }: KeyName): Receipt['key'] {
  const set = parameterSet(id)
  return { fingerprint, bits: set.bits, ...(schemeOf(set).keyPerRun && { set: id }) }
}

/** What a receipt of the last run has of the server's log. */
export async function auditOf(
  { map }: Pick<SessionState, 'map'>,
  server: Pick<ScoringServer, 'signedNow'>,
): Promise<Checkpoint | null | undefined> {
  // A run that was ended, or failed, has asked for none.
  return map?.audit ?? server.signedNow()
}

export function makeReceipt(
  state: SessionState,
  server: string,
  { run, chunks, omitted }: Awaited<ReturnType<TrafficLog['receipt']>>,
  audit: Checkpoint | null | undefined,
): Receipt {
  const { card, report, map, isolation } = state
  if (!card || !report || !map || map.run !== run) {
    unforeseen('a receipt without a run')
  }
  const planted = plantedOf(state)
  const policies = report.policies.map(({ name, decision, as, count }) => ({ name, decision, as, cells: count }))
  const times = chunks.map(({ sentAt }) => sentAt).sort()
  const sum = (of: (chunk: SentChunk) => number): number => chunks.reduce((total, chunk) => total + of(chunk), 0)
  return {
    format: 'blindscore-receipt/1',
    server,
    model: { id: card.id, version: card.version, title: card.title, cardHash: card.hash },
    key: keyOf(map.key),
    run,
    status: state.run.status,
    records: { inFile: report.rows, scorable: report.scorable, leftOut: report.leftOut },
    ...(planted && { planted }),
    traffic: { bytesUp: sum((c) => c.bytesUp), bytesDown: sum((c) => c.bytesDown), requests: chunks.length },
    firstSentAt: times[0] ?? null,
    lastSentAt: times.at(-1) ?? null,
    chunks,
    chunksOmitted: omitted,
    ...(policies.length > 0 && { policies }),
    ...(audit !== undefined && { audit }),
    ...(isolation.status === 'proven' && { isolatedAt: isolation.at.toISOString() }),
  }
}
