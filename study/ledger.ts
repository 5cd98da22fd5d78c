import * as z from 'zod/mini'
import { fromBase64, toBase64 } from '../core/number/base64.ts'
import { fail } from './faults.ts'
import { shapedJson } from './json.ts'

/**
 * What the side with the outcomes has given before. The difference of two answers to overlapping records tells outcomes, so
 * that of an outcome each record is answered for once; and which outcomes are turned, where they are, follows from a secret
 * that stays here.
 */
export interface Ledger {
  readonly secret: Uint8Array<ArrayBuffer>
  readonly given: readonly Given[]
}

interface Given {
  readonly study: string
  readonly outcome: string
  /** SHA-256 of the sealed file. */
  readonly sealed: string
  readonly rows: readonly number[]
}

const format = 'blindscore-study-ledger/1'
const secretBytes = 32

const ledgerFile = z.strictObject({
  format: z.literal(format),
  secret: z.string(),
  given: z.array(
    z.strictObject({ study: z.string(), outcome: z.string(), sealed: z.string(), rows: z.array(z.int()) }),
  ),
})

export function newLedger(random: (count: number) => Uint8Array): Ledger {
  return { secret: new Uint8Array(random(secretBytes)), given: [] }
}

export function writeLedger({ secret, given }: Ledger): string {
  return `${JSON.stringify({ format, secret: toBase64(secret), given })}\n`
}

/** Throws `study/answered` for a text that is none: a ledger is never begun anew in the place of one. */
export function readLedger(text: string): Ledger {
  const told = shapedJson(ledgerFile, text)
  const secret = told && fromBase64(told.secret)
  if (!told || secret?.length !== secretBytes) fail('study/answered', 'ledgerUnread')
  return { secret, given: told.given }
}

/**
 * A ledger with all in it that another one knows, by which it may have been kept elsewhere: whatever either has given is not given again.
 * Outcomes that nobody has given yet are turned by the secret of `own`.
 */
export function withLedger(own: Ledger, other: Ledger): Ledger {
  const nameOf = ({ outcome, sealed }: Given): string => JSON.stringify([outcome, sealed])
  const known = new Set(own.given.map(nameOf))
  return { ...own, given: [...own.given, ...other.given.filter((each) => !known.has(nameOf(each)))] }
}

/** The ledger with one more answer in it. Throws `study/answered` where it shares records with one before. */
export function withAnswer(ledger: Ledger, answer: Omit<Given, 'rows'> & { readonly rows: Uint32Array }): Ledger {
  const rows = new Set(answer.rows)
  for (const { study, outcome, rows: before } of ledger.given) {
    const shared = outcome === answer.outcome ? before.filter((row) => rows.has(row)).length : 0
    if (shared > 0) fail('study/answered', 'outcomesGiven', { study, records: shared })
  }
  return { ...ledger, given: [...ledger.given, { ...answer, rows: [...rows] }] }
}
