import * as z from 'zod/mini'
import { asBlindscoreError, BlindscoreError, type ErrorCode, errorCodes } from '../../core/errors.ts'

/** Errors on the wire: RFC 9457 problem documents with one of our stable codes. */

export const problemType = 'application/problem+json'

export const problem = z.strictObject({
  /** `urn:blindscore:` and the code. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(errorCodes),
  /** Names this one answer in the server's log. */
  instance: z.optional(z.string()),
  /** The ciphertext, root or member that the problem is about, from 0. */
  index: z.optional(z.int()),
})

export type Problem = z.infer<typeof problem>
type ProblemStatus = 400 | 404 | 409 | 413 | 415 | 429 | 500 | 503

/** Every code that the server answers with, its status and its title. A code that is not here is our own fault. */
const table: Partial<Record<ErrorCode, readonly [ProblemStatus, string]>> = {
  'key/size': [400, 'The key has a size that is not accepted'],
  'key/even': [400, 'The key’s modulus is even'],
  'key/prime': [400, 'The key’s modulus is a prime'],
  'key/power': [400, 'The key’s modulus is a power'],
  'key/small-factor': [400, 'The key’s modulus has a small factor'],
  'key/proof': [400, 'The key’s proof does not hold'],
  'key/fingerprint': [400, 'The fingerprint is not the key’s'],
  'key/unknown': [409, 'The key is not held: send it again'],
  'model/unknown': [404, 'There is no such model'],
  'model/changed': [409, 'The model is not the one that the records were sealed for'],
  'request/syntax': [400, 'The body cannot be read'],
  'request/shape': [400, 'The counts do not fit together'],
  'request/ciphertext': [400, 'A ciphertext is not valid'],
  'request/conflict': [409, 'The same chunk came with other bytes'],
  'request/too-large': [413, 'The body is too large'],
  'request/media-type': [415, 'The media type is not accepted'],
  'request/encoding': [415, 'Compressed bodies are not accepted'],
  'request/budget': [429, 'The budget is used up for now'],
  'request/busy': [503, 'The server is busy'],
  'request/not-found': [404, 'There is nothing here'],
  'run/out-of-date': [400, 'The two ends speak different versions'],
  'run/cancelled': [503, 'The request was cancelled'],
}

/** An error that goes away by itself: the answer says in how many seconds. */
export class RetryLater extends BlindscoreError {
  readonly seconds: number

  constructor(code: 'request/busy' | 'request/budget', message: string, seconds: number) {
    super(code, message)
    this.seconds = seconds
  }
}

export function statusOf(code: ErrorCode): ProblemStatus {
  return table[code]?.[0] ?? 500
}

/** The document for anything thrown. What we did not foresee keeps its message to itself. */
export function problemOf(thrown: unknown, instance?: string): Problem {
  const known = asBlindscoreError(thrown)
  const [status, title] = table[known.code] ?? [500, 'The server failed']
  const { index } = known.place
  return {
    type: `urn:blindscore:${known.code}`,
    title,
    status,
    detail: status === 500 ? 'Something failed that should not have.' : known.message,
    code: known.code,
    ...(instance !== undefined && { instance }),
    ...(index !== undefined && { index }),
  }
}

export function problemResponse(thrown: unknown, instance?: string): Response {
  const document = problemOf(thrown, instance)
  const headers: Record<string, string> = { 'Content-Type': problemType, 'Cache-Control': 'no-store' }
  if (thrown instanceof RetryLater) headers['Retry-After'] = String(thrown.seconds)
  // The rest of a body that was refused for its size or its kind is not worth reading.
  if (document.status === 413 || document.status === 415) headers.Connection = 'close'
  return new Response(JSON.stringify(document), { status: document.status, headers })
}
