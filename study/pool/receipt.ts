import { sha256 } from '@noble/hashes/sha2.js'
import * as z from 'zod/mini'
import { toHex } from '../../core/number/bytes.ts'
import type { StudyFile } from '../studyFile.ts'
import type { Introduction } from './introduction.ts'
import { digestOfStudy } from './join.ts'
import type { Roster } from './roster.ts'

/**
 * What an owner keeps of its consent, for whoever answers for data protection: the text that it agreed to, whole, with its digest,
 * which owners and which code it was of, what the owner declared for itself, and what then became of the study.
 */

/** What an owner writes down of its own reasons; for its receipt, and for nobody else. */
export interface OwnReasons {
  /** The legal basis on which these rows are pooled. */
  readonly basis: string
  /** How long what comes of it is kept, and what remains in backups. */
  readonly retention: string
}

export interface Declared extends Introduction, OwnReasons {}

const format = 'blindscore-pool-receipt/1'
const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/))

const receipt = z.strictObject({
  format: z.literal(format),
  study: z.strictObject({ digest, id: z.string(), title: z.string() }),
  owners: z.array(z.strictObject({ key: digest, name: z.string(), role: z.string(), contact: z.string() })),
  code: z.string(),
  records: z.int(),
  own: z.strictObject({ basis: z.string(), retention: z.string() }),
  /** `sha256` is of the text in UTF-8; `at` is ISO 8601, by the owner's clock. */
  consent: z.strictObject({ text: z.string(), sha256: digest, at: z.string() }),
  /** Questions that were opened: sums of so many numbers of each owner. */
  opened: z.array(z.strictObject({ what: z.string(), numbers: z.int() })),
  /** `done`, or the code of the error that the study ended with; null while it is under way. */
  ended: z.nullable(z.strictObject({ as: z.string(), at: z.string() })),
})

export type PoolReceipt = z.infer<typeof receipt>

export interface Consented {
  readonly study: StudyFile
  readonly roster: Roster
  readonly records: number
  readonly own: OwnReasons
  /** The text that was agreed to, as it was shown. */
  readonly text: string
  readonly at: Date
}

/** The receipt of a consent, before anything is opened. */
export function receiptOf({ study, roster, records, own, text, at }: Consented): PoolReceipt {
  const { id, title } = study
  const owners = roster.owners.map((key) => {
    const { name = '', role = 'unsaid', contact = '' } = roster.introductions.get(key) ?? {}
    return { key, name, role, contact }
  })
  return {
    format,
    study: { digest: digestOfStudy(study), id, title },
    owners,
    code: roster.code,
    records,
    own: { basis: own.basis, retention: own.retention },
    consent: { text, sha256: consentDigest(text), at: at.toISOString() },
    opened: [],
    ended: null,
  }
}

/** The SHA-256 of a consent's text in UTF-8, as `sha256sum` says it. */
export const consentDigest = (text: string): string => toHex(sha256(new TextEncoder().encode(text)))

export const writeReceipt = (told: PoolReceipt): string => `${JSON.stringify(told, null, 2)}\n`

/** Null for a text that is none, or whose digest is not its text's. */
export function readReceipt(text: string): PoolReceipt | null {
  try {
    const told = receipt.parse(JSON.parse(text))
    return told.consent.sha256 === consentDigest(told.consent.text) ? told : null
  } catch {
    return null
  }
}
