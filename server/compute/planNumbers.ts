import type { RealHead } from '../../core/protocol/scoring.ts'
import { fail } from '../../interop/faults.ts'
import { readNumbers, type Style } from '../../interop/phe/file.ts'
import { planScoring, type ScoringPlan } from '../../interop/phe/score.ts'
import { fail as refuse } from '../faults.ts'

/** A body of numbers that were encrypted elsewhere. */
export interface PlanRequest {
  /** The body's bytes. */
  readonly body: Uint8Array
  readonly heads: readonly RealHead[]
  readonly withoutIntercept: boolean
  /** The most records of a body. */
  readonly mostRecords: number
}

/** What is in one, and how it is weighed, record by record. */
export interface PlannedNumbers {
  readonly n: bigint
  readonly style: Style
  readonly records: number
  readonly plan: ScoringPlan
}

/** Throws `request/syntax`, `request/shape`, `request/ciphertext`, and `phe/…` for what python-paillier would not have written. */
export function planNumbers({ body, heads, withoutIntercept, mostRecords }: PlanRequest): PlannedNumbers {
  const { n, style, records } = readNumbers(textOf(body), 'score')
  if (records.length > mostRecords) refuse('request/shape', 'recordCount', { most: mostRecords })
  if (n === null) fail('phe/syntax', 'pheNoKey')
  // One by one: a record is more than a part of a chunk is, and others wait for it.
  const plan = planScoring(n, { records }, heads, { withoutIntercept, mostRecords: 1 })
  return { n, style, records: records.length, plan }
}

function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return refuse('request/syntax', 'bodyNotUtf8')
  }
}
