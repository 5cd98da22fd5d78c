import * as z from 'zod/mini'
import { fromBase64, toBase64 } from '../core/number/base64.ts'
import { fail } from './faults.ts'
import { shapedJson } from './json.ts'

/** What comes back for a sealed file: X'y under the key of who sealed, in the fixed members of a JSON text. */
export interface Answer {
  /** SHA-256 of the sealed file, so that an answer to another one is told. */
  readonly sealed: string
  readonly records: number
  /** The probability with which an outcome was turned; 0 where they are as they are. */
  readonly turned: number
  /** Σ y² in whole steps, where the family's errors need it; in the clear. */
  readonly squares: bigint | null
  readonly ciphertexts: Uint8Array<ArrayBuffer>
}

const format = 'blindscore-study-answer/1'

const answerFile = z.strictObject({
  format: z.literal(format),
  sealed: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  records: z.int().check(z.positive()),
  turned: z.number().check(z.nonnegative(), z.lt(0.5)),
  squares: z.nullable(z.string().check(z.regex(/^[0-9]{1,60}$/))),
  ciphertexts: z.string(),
})

export function writeAnswer({ sealed, records, turned, squares, ciphertexts }: Answer): string {
  const told = { format, sealed, records, turned, squares: squares === null ? null : String(squares) }
  return `${JSON.stringify({ ...told, ciphertexts: toBase64(ciphertexts) }, null, 2)}\n`
}

/** Throws `study/answer` for a text that is none. */
export function readAnswer(text: string): Answer {
  const told = shapedJson(answerFile, text) ?? fail('study/answer', 'notAnAnswer')
  const { squares, ciphertexts, sealed, records, turned } = told
  const bytes = fromBase64(ciphertexts) ?? fail('study/answer', 'notAnAnswer')
  return { sealed, records, turned, squares: squares === null ? null : BigInt(squares), ciphertexts: bytes }
}
