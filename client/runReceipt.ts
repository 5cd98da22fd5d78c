import type { Card } from '../core/card/card.ts'
import type { KeyName } from '../core/protocol/scheme.ts'
import { parameterSet, schemeOf } from '../core/protocol/schemes.ts'
import type { Checkpoint } from '../files/checkpoint.ts'
import type { HandOverReceipt } from './handOverReceipt.ts'
import type { Progress } from './progress.ts'
import type { ScoringServer } from './server.ts'

/**
 * What a person keeps of a run, by the page and by the command: enough to show later what was sent where, and nothing that could be
 * read from it.
 */
export interface RunReceipt {
  readonly format: 'blindscore-receipt/1'
  readonly server: string
  readonly model: { readonly id: string; readonly version: string; readonly title: string; readonly cardHash: string }
  /** Of a key that was made for the run: its parameter set. */
  readonly key: { readonly fingerprint: string; readonly bits: number; readonly set?: string }
  readonly run: string
  /** Of a run that did not come to its end: `paused`, `cancelled` or `failed`. */
  readonly status: string
  readonly records: {
    /** With what was left out, null where the run was fetched without its file. */
    readonly inFile: number | null
    readonly scorable: number
    readonly leftOut: number | null
    /** Those that the server answered, of a run that ended before its end and whose chunks are not listed. */
    readonly answered?: number
  }
  readonly traffic: { readonly bytesUp: number; readonly bytesDown: number; readonly requests: number }
  readonly firstSentAt: string | null
  readonly lastSentAt: string | null
  /** Every request that carried a chunk, with the SHA-256 of its body: listed by the page, of the runs that it sent itself. */
  readonly chunks: readonly SentChunk[]
  /** Requests beyond those that are listed. */
  readonly chunksOmitted: number
  /**
   * What the server signed of its log of answers once the run was over, for `blindscore audit verify`: at the run's end, or when its
   * scores were fetched, or, where it ended before all was answered, when this was made. Null where it says that it keeps one and gave
   * no such thing, absent where it keeps none.
   */
  readonly audit?: Checkpoint | null
}

/** One line of the receipt: a chunk as it was sent. */
export interface SentChunk {
  readonly chunk: number
  readonly records: number
  readonly sentAt: string
  readonly milliseconds: number
  readonly status: number
  readonly bytesUp: number
  readonly bytesDown: number
  readonly sha256: string
}

/** What a receipt is made of. */
export interface RunFacts extends Omit<RunReceipt, 'format' | 'model' | 'key' | 'audit'> {
  readonly card: Pick<Card, 'id' | 'version' | 'title' | 'hash'>
  /** The key that the run was sealed with. */
  readonly key: KeyName
  readonly audit: Checkpoint | null | undefined
}

export function makeRunReceipt({ server, card, key, audit, ...facts }: RunFacts): RunReceipt {
  const { id, version, title, hash } = card
  return {
    format: 'blindscore-receipt/1',
    server,
    model: { id, version, title, cardHash: hash },
    key: keyOf(key),
    ...facts,
    ...(audit !== undefined && { audit }),
  }
}

/** What came of a run that was handed over, once its scores are fetched. */
export interface Fetched {
  /** What the check said of its file; null where that was not read. */
  readonly report: { readonly rows: number; readonly leftOut: number } | null
  readonly progress: Progress
  readonly audit: Checkpoint | null | undefined
}

export function makeFetchedReceipt(of: HandOverReceipt, { report, progress, audit }: Fetched): RunReceipt {
  const { server, card, key, own, run, records, handedOverAt } = of
  const { bytesUp, bytesDown } = progress
  return makeRunReceipt({
    server,
    card,
    key: own ?? key,
    run,
    status: 'done',
    records: { inFile: report?.rows ?? null, scorable: records.count, leftOut: report?.leftOut ?? null },
    traffic: { bytesUp, bytesDown, requests: 0 },
    firstSentAt: handedOverAt,
    lastSentAt: handedOverAt,
    chunks: [],
    chunksOmitted: 0,
    audit,
  })
}

function keyOf({ fingerprint, set: id }: KeyName): RunReceipt['key'] {
  const set = parameterSet(id)
  return { fingerprint, bits: set.bits, ...(schemeOf(set).keyPerRun && { set: id }) }
}

/** What a receipt has of the server's log, of a run that was told that much at its end. */
export async function auditOf(
  told: Checkpoint | null | undefined,
  server: Pick<ScoringServer, 'signedNow'>,
): Promise<Checkpoint | null | undefined> {
  // A run that was ended, or failed, has asked for none.
  return told ?? server.signedNow()
}
