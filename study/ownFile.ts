import * as z from 'zod/mini'
import { toHex } from '../core/number/bytes.ts'
import type { Sha256 } from '../core/number/digest.ts'
import { fail } from './faults.ts'
import { shapedJson } from './json.ts'
import { parseStudy, type StudyFile } from './studyFile.ts'

/**
 * What who sealed keeps: the study, which file it sealed, by a digest the records that it sealed, the key under its passphrase,
 * and which answer was opened. One is: who answers several times could ask about single records by what becomes of it.
 */
export interface OwnFile {
  readonly study: StudyFile
  /** SHA-256 of the sealed file. */
  readonly sealed: string
  /** {@link digestOfRecords}. */
  readonly records: string
  /** The set of the key, and its text as a backup has it. */
  readonly set: string
  readonly key: string
  /** SHA-256 of the answer that was opened. */
  readonly opened: string | null
}

const format = 'blindscore-sealed-study-key/1'
const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const ownFile = z.strictObject({
  format: z.literal(format),
  study: z.unknown(),
  sealed: digest,
  records: digest,
  set: z.string(),
  key: z.string(),
  opened: z.nullable(digest),
})

export function writeOwnFile(file: OwnFile): string {
  return `${JSON.stringify({ format, ...file }, null, 2)}\n`
}

/** Throws `key/backup` for a text that is none. */
export function readOwnFile(text: string): OwnFile {
  const { format: _, study, ...rest } = shapedJson(ownFile, text) ?? fail('key/backup', 'studyKeyUnread')
  return { ...rest, study: parseStudy(JSON.stringify(study)) }
}

/** What stands for records that are read again: their whole numbers and rows. */
export async function digestOfRecords(
  columns: readonly Float64Array<ArrayBuffer>[],
  rows: Uint32Array<ArrayBuffer>,
  sha256: Sha256,
): Promise<string> {
  const digests = await Promise.all(columns.map((column) => sha256(new Uint8Array(column.buffer))))
  const whole = [await sha256(new Uint8Array(rows.buffer)), ...digests].map(toHex).join(' ')
  return toHex(await sha256(new TextEncoder().encode(whole)))
}

/** The file as it is before an answer is opened. Throws `study/opened` where another one was, `study/answer` for one to other records. */
export function withOpened(file: OwnFile, sealed: string, answer: string): OwnFile {
  if (file.sealed !== sealed) fail('study/answer', 'answerElsewhere')
  if (file.opened !== null && file.opened !== answer) fail('study/opened', 'answerOpened')
  return { ...file, opened: answer }
}
