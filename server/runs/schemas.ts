import * as z from 'zod/mini'
import { base64url, digest } from '../http/schemas.ts'

/** The JSON documents of stored runs. */

const runId = z.string().check(z.regex(/^[0-9a-f]{32}$/))

/** A run that is to be stored: whose chunks it will have, and how many, of how many records. */
export const runRequest = z.strictObject({
  v: z.literal(1),
  card: digest,
  key: digest,
  run: runId,
  chunks: z.int().check(z.gte(1), z.lte(0xffff_ffff)),
  records: z.int().check(z.gte(1), z.lte(Number.MAX_SAFE_INTEGER)),
})

export const createdRun = z.strictObject({
  id: runId,
  /** Shown this once. */
  token: base64url,
  expires: z.string(),
  state: z.literal('open'),
})

export const runState = z.strictObject({
  v: z.literal(1),
  id: runId,
  model: z.string(),
  card: digest,
  key: digest,
  run: z.string(),
  chunks: z.int(),
  records: z.int(),
  /** `failed` once nothing is left to do and some chunks will have no answer. */
  state: z.enum(['open', 'started', 'done', 'failed']),
  stored: z.int(),
  /** The chunks that are not there, ascending, each range with its first and its last. */
  missing: z.array(z.tuple([z.int(), z.int()])),
  answered: z.int(),
  failed: z.array(z.strictObject({ chunk: z.int(), code: z.string() })),
  created: z.string(),
  expires: z.string(),
})
