import * as z from 'zod/mini'
import { cardSummary } from '../../core/card/card.ts'
import { expression } from '../../core/card/expression.ts'
import { keySizes } from '../../core/protocol/paillier/layout.ts'
import { fail } from '../faults.ts'
import { vendor } from '../vendor.ts'

/** The JSON documents of the API. The same schemas check requests and write the OpenAPI description. */

export const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/))
export const base64url = z.string().check(z.regex(/^[A-Za-z0-9_-]+$/))
const uint32 = z.int().check(z.gte(0), z.lte(0xffff_ffff))

/**
 * What refers to itself is described under a name. Without one of its own each would be called the same, and a card's
 * expressions would be described as any JSON at all.
 */
z.globalRegistry.add(expression, { id: 'Expression' })

export const modelList = z.strictObject({
  /** Each with the schemes that it is scored under here. */
  models: z.array(z.extend(cardSummary, { schemes: z.array(z.string()) })),
  /** What one request may hold. */
  limits: z.strictObject({
    recordsPerChunk: z.int(),
    bodyBytes: z.int(),
    /** Where the server stores runs: for how many days, and how many of how many bytes a client may have. */
    runs: z.optional(z.strictObject({ stored: z.literal(true), days: z.int(), bytes: z.int(), runs: z.int() })),
    /** Where the server carries the messages of pooled studies: for how many days. */
    studies: z.optional(z.strictObject({ days: z.int() })),
  }),
  /** The slots that who asks has in an hour, those that are left, and the seconds until all are there again: 0 where they are. */
  budget: z.optional(z.strictObject({ perHour: z.int(), left: z.int(), fullIn: z.int() })),
  /** Who answers, where the operator says so. */
  vendor: z.optional(vendor),
  /** Where the server keeps a log of its answers: whose key signs how far that has come. */
  audit: z.optional(z.strictObject({ signer: digest })),
})

/** A public key and its proof (`checkKeyStep` of core), as unpadded base64url. Nothing else is taken from a client. */
export const keyRequest = z.strictObject({ n: base64url, proof: base64url })

export const keyAnswer = z.strictObject({
  fingerprint: digest,
  /** Of a key of Paillier. */
  bits: z.optional(z.literal([...keySizes])),
  /** Of a key of another scheme: its parameter set. */
  set: z.optional(z.string()),
  /** What a client sends with the key's chunks as `Blindscore-Key-Token`. */
  token: z.optional(z.string()),
})

/** None is the scoring's to refuse, by `request/shape`, whichever form it comes in. */
const recordCount = z.int().check(z.gte(0), z.lte(0xffff_ffff))
z.globalRegistry.add(recordCount, { minimum: 1 })

/**
 * A chunk in JSON, for a person with a command line: the members of the CBOR form, with the names in hexadecimal as
 * they stand in cards and addresses, and every ciphertext as unpadded base64url of its L/4 bytes.
 */
export const jsonChunk = z.strictObject({
  v: z.literal(1),
  card: digest,
  key: digest,
  run: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  chunk: uint32,
  records: recordCount,
  ciphertexts: z.array(base64url),
})
export type JsonChunk = z.infer<typeof jsonChunk>

/** What was used, for ever. */
export const usage = z.strictObject({
  used: z.array(
    z.strictObject({
      /** The id of an API key, or "anonymous". */
      principal: z.string(),
      model: z.string(),
      card: digest,
      answers: z.int(),
      records: z.int(),
      slots: z.int(),
    }),
  ),
})

export const checkpoint = z.strictObject({
  format: z.literal('blindscore-checkpoint/1'),
  signer: digest,
  chain: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  seq: z.int(),
  head: digest,
  at: z.string(),
  signature: z.string().check(z.regex(/^[0-9a-f]{128}$/)),
})

export const health = z.strictObject({ status: z.enum(['ok', 'draining']) })

/** The value as the schema has it; throws `request/syntax`, naming the member, when it is not so. */
export function parseAs<T extends z.ZodMiniType>(schema: T, value: unknown): z.infer<T> {
  const result = z.safeParse(schema, value)
  if (result.success) return result.data
  const path = result.error.issues[0]?.path ?? []
  const index = path.find((part) => typeof part === 'number')
  const member = path.find((part) => typeof part === 'string' && Object.hasOwn(schema.def as object, 'shape'))
  fail(
    'request/syntax',
    'bodyShape',
    { member: member === undefined ? null : String(member) },
    index === undefined ? {} : { index },
  )
}
