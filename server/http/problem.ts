import * as z from 'zod/mini'
import { asBlindscoreError, BlindscoreError, type ErrorCode, errorCodes } from '../../core/errors.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import { failedDetail, failedTitle, titles } from '../../words/en/problems.ts'
import { errorOf } from '../faults.ts'

/** Errors on the wire: RFC 9457 problem documents with one of our stable codes. */

export const problemType = 'application/problem+json'

export const problem = z.strictObject({
  /** `urn:blindscore:` and the code. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(errorCodes),
  /** What happened, more finely than the code says, and what `detail` was made of. */
  fault: z.optional(z.string()),
  facts: z.optional(z.record(z.string(), z.json())),
  /** Names this one answer in the server's log. */
  instance: z.optional(z.string()),
  /** The ciphertext, root or member that the problem is about, from 0. */
  index: z.optional(z.int()),
})

export type Problem = z.infer<typeof problem>
type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 421 | 429 | 500 | 503

/** Every code that the server answers with, and its status. A code that is not here is our own fault. */
const statuses = {
  'sealed/format': 400,
  'sealed/damaged': 400,
  'key/size': 400,
  'key/scheme': 400,
  'key/invalid': 400,
  'key/even': 400,
  'key/prime': 400,
  'key/power': 400,
  'key/small-factor': 400,
  'key/proof': 400,
  'key/fingerprint': 400,
  'key/unknown': 409,
  'model/unknown': 404,
  'model/changed': 409,
  'model/exhausted': 409,
  'request/syntax': 400,
  'request/shape': 400,
  'request/ciphertext': 400,
  'request/conflict': 409,
  'request/too-large': 413,
  'request/media-type': 415,
  'request/encoding': 415,
  'request/budget': 429,
  'request/busy': 503,
  'server/store-gone': 503,
  'request/not-found': 404,
  'request/host': 421,
  'access/required': 401,
  'access/refused': 401,
  'access/expired': 401,
  'access/forbidden': 403,
  'access/issuer': 503,
  'run/out-of-date': 400,
  'run/not-stored': 404,
  'run/unknown': 404,
  'run/frozen': 409,
  'run/incomplete': 409,
  'run/unanswered': 404,
  'run/too-many': 429,
  'run/damaged': 410,
  'run/cancelled': 503,
  'study/spoken': 409,
  'study/damaged': 410,
  'study/not-kept': 404,
  'study/unknown': 404,
  'phe/syntax': 400,
  'phe/shape': 400,
  'phe/exponent': 400,
  'phe/key': 400,
} as const satisfies Partial<Record<ErrorCode, ProblemStatus>>

/** All codes that an answer may have. */
export const answeredCodes: readonly ErrorCode[] = ['internal', ...(Object.keys(statuses) as ErrorCode[])]

/** Each of them has a title. */
const titleOf: Readonly<Record<keyof typeof statuses, string>> = titles

/** An error that goes away by itself: the answer says in how many seconds. */
export class RetryLater extends BlindscoreError {
  readonly seconds: number

  constructor(error: BlindscoreError, seconds: number) {
    super(error.code, error.fault, error.facts, error.place)
    this.seconds = seconds
  }
}

/** Refuses a request that may come again after so many seconds. */
export function busy(seconds = 1): never {
  throw new RetryLater(errorOf('request/busy', 'busy'), seconds)
}

export function statusOf(code: ErrorCode): ProblemStatus {
  return (statuses as Partial<Record<ErrorCode, ProblemStatus>>)[code] ?? 500
}

/** The document for anything thrown. What we did not foresee keeps its facts to itself. */
export function problemOf(thrown: unknown, instance?: string): Problem {
  const known = asBlindscoreError(thrown)
  const status = statusOf(known.code)
  const failed = status === 500
  const { index } = known.place
  return {
    type: `urn:blindscore:${known.code}`,
    title: failed ? failedTitle : titleOf[known.code as keyof typeof statuses],
    status,
    detail: failed ? failedDetail : sentenceOf(known),
    code: known.code,
    ...(!failed && { fault: known.fault, facts: known.facts as Problem['facts'] }),
    ...(instance !== undefined && { instance }),
    ...(index !== undefined && { index }),
  }
}

export function problemResponse(thrown: unknown, instance?: string): Response {
  const document = problemOf(thrown, instance)
  const headers: Record<string, string> = { 'Content-Type': problemType, 'Cache-Control': 'no-store' }
  // RFC 9110, 11.6.1, and RFC 6750, 3.
  if (document.status === 401) headers['WWW-Authenticate'] = 'Bearer realm="blindscore"'
  if (thrown instanceof RetryLater) headers['Retry-After'] = String(thrown.seconds)
  // The rest of a body that was refused for its size or its kind is not worth reading.
  if (document.status === 413 || document.status === 415) headers.Connection = 'close'
  return new Response(JSON.stringify(document), { status: document.status, headers })
}
