import * as z from 'zod/mini'
import { expression } from './expression.ts'
import { link } from './link.ts'

/**
 * The model card: all that is public of a model, made by the server from the model file. It says how a record
 * becomes integers (features and inputs), how those are packed (plan), and what the opened answer means
 * (scale, heads, link, tolerance). It holds no weight.
 */

const text = z.string().check(z.maxLength(4000))
const name = z.string().check(z.minLength(1), z.maxLength(200))
const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const count = z.int().check(z.nonnegative())
/** A decimal as its own text, so that nothing is lost on the way. */
const decimalText = z.string().check(z.regex(/^-?[0-9]+(\.[0-9]+)?$/), z.maxLength(400))

/**
 * What to do with a missing value: refuse the row, put the stated public constant in its place, or keep it missing for
 * the expressions that use it.
 */
const missing = z.discriminatedUnion('policy', [
  z.strictObject({ policy: z.literal('refuse') }),
  z.strictObject({ policy: z.literal('impute'), value: text }),
  z.strictObject({ policy: z.literal('keep') }),
])

const columnBase = { name, label: z.optional(text), missing }
const featureBase = { ...columnBase, aliases: z.array(name).check(z.maxLength(50)) }

const numberBase = {
  type: z.literal('number'),
  unit: z.optional(text),
  /** Inclusive range; both ends are multiples of the step. */
  min: decimalText,
  max: decimalText,
  /** A value outside the range is an error, counts as the nearest end, or counts as missing. */
  outside: z.enum(['refuse', 'clamp', 'missing']),
  /**
   * Where `outside` is not 'refuse': the range's ends as the vendor states them, when they are finer than `min` and
   * `max`, which then hold them.
   */
  ends: z.optional(z.tuple([z.number(), z.number()])),
  /** The step is 10^-places. */
  places: z.int().check(z.gte(-22), z.lte(22)),
  /**
   * What happens to a value with more decimals than the step has. 'nearest' rounds, which the card's error bound
   * then counts; 'refuse' is an error that names the cell. Expressions always get the value as it stands.
   */
  finer: z.enum(['nearest', 'refuse']),
}

const categoryBase = {
  type: z.literal('category'),
  levels: z.array(z.string().check(z.maxLength(400))).check(z.minLength(1), z.maxLength(20000)),
  /** An unknown level is an error, or counts as the reference level, as missing, or as the level stated here. */
  unknown: z.union([z.enum(['refuse', 'reference', 'missing']), z.strictObject({ level: z.string() })]),
}

export const numberFeature = z.strictObject({
  ...featureBase,
  ...numberBase,
  /** A cell that is no number is an error, or counts as missing. */
  invalid: z.enum(['refuse', 'missing']),
})

export const categoryFeature = z.strictObject({ ...featureBase, ...categoryBase })

export const feature = z.discriminatedUnion('type', [numberFeature, categoryFeature])

/** A column that the browser makes from the columns before it, by a public expression. */
export const derived = z.discriminatedUnion('type', [
  z.strictObject({ ...columnBase, ...numberBase, expression }),
  z.strictObject({ ...columnBase, ...categoryBase, expression }),
])

/**
 * An encoded column: a number in steps above its minimum, or the indicator of a level; times `unit`, where it has one.
 * In [0, max]. `column` counts the features first, then the derived columns.
 */
const unit = z.optional(z.int().check(z.positive()))

export const input = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('value'), column: count, max: count, unit }),
  z.strictObject({ kind: z.literal('level'), column: count, level: count, max: count, unit }),
])

/** What a verification record must give. Each member may be absent; a response that is not stated is null. */
export const expectation = {
  predictors: z.optional(z.array(z.number())),
  responses: z.optional(z.array(z.nullable(z.number()))),
  label: z.optional(z.string().check(z.maxLength(400))),
  /** How far a response may be from the stated one, relative to it. 1e-9 when absent. */
  precision: z.optional(z.number().check(z.nonnegative(), z.lte(0.01))),
  /** A stated response at most this far from zero is one of zero. */
  zeroThreshold: z.optional(z.number().check(z.nonnegative(), z.lte(0.01))),
}

/**
 * What is computed of a record's responses in the end, in public: each `output` is one more response, made of those
 * before it; the `decision` is a text, and the record's label.
 */
export const lastSteps = {
  outputs: z.optional(
    z.array(z.strictObject({ name, label: z.optional(text), expression })).check(z.minLength(1), z.maxLength(100)),
  ),
  decision: z.optional(expression),
}

export const verificationRecord = z.strictObject({
  record: z.record(name, z.string().check(z.maxLength(400))),
  ...expectation,
})

/**
 * Reason codes. A code's points are the sum of the reason heads whose characteristic has that code for the record: the
 * level of `column`, a category, says which. Codes rank by their points.
 */
export const reasons = z.strictObject({
  characteristics: z
    .array(
      z.strictObject({
        head: name,
        column: name,
        codes: z.array(z.tuple([z.string().check(z.maxLength(400)), name])).check(z.minLength(1), z.maxLength(1000)),
      }),
    )
    .check(z.minLength(1), z.maxLength(999)),
})

export const cardBody = z.strictObject({
  format: z.literal('blindscore-card/1'),
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9._-]{0,99}$/)),
  version: name,
  title: name,
  description: text,
  /** What a score is, in a few words. */
  outcome: text,
  data: z.optional(
    z.strictObject({ name, source: z.optional(text), licence: z.optional(text), rows: z.optional(count) }),
  ),
  quality: z.optional(z.strictObject({ metric: name, value: z.number(), on: z.optional(text) })),
  features: z.array(feature).check(z.minLength(1), z.maxLength(5000)),
  derived: z.array(derived).check(z.maxLength(20000)),
  inputs: z.array(input).check(z.minLength(1), z.maxLength(20000)),
  heads: z
    .array(z.strictObject({ name, role: z.optional(z.literal('reason')) }))
    .check(z.minLength(1), z.maxLength(1000)),
  link,
  /** One name per response: those of the link, then the outputs. */
  responses: z.array(name).check(z.minLength(1), z.maxLength(1101)),
  ...lastSteps,
  /** Whether a record's label is part of its score: what is decided, or else the name of the link's largest response. */
  label: z.boolean(),
  reasons: z.optional(reasons),
  /** The promise, on every linear predictor, and the proven bound, which is at or below it. */
  tolerance: z.number().check(z.positive()),
  errorBound: z.number().check(z.nonnegative()),
  /** Opened integers are linear predictors times 2^scaleBits. */
  scaleBits: z.int().check(z.gte(-100), z.lte(400)),
  /** T, the bits of one record's slot. */
  slotBits: z.int().check(z.gte(2), z.lte(2047)),
  verification: z.array(verificationRecord).check(z.maxLength(1000)),
  /** A hiding commitment to the weights, so that the hash is another one when they are. Nobody opens it. */
  commitment: z.optional(digest),
})

export const card = z.extend(cardBody, {
  /** SHA-256 of the canonical JSON of everything else. */
  hash: digest,
})

/** What a list of models shows. */
export const cardSummary = z.pick(card, {
  id: true,
  version: true,
  title: true,
  description: true,
  outcome: true,
  hash: true,
})

export type NumberFeature = z.infer<typeof numberFeature>
export type CategoryFeature = z.infer<typeof categoryFeature>
export type Feature = z.infer<typeof feature>
export type Derived = z.infer<typeof derived>
export type Column = Feature | Derived

/** A column by its place: the features, then the derived ones. */
export function columnAt({ features, derived }: Pick<Card, 'features' | 'derived'>, at: number): Column | undefined {
  return features[at] ?? derived[at - features.length]
}
export type Input = z.infer<typeof input>
export type VerificationRecord = z.infer<typeof verificationRecord>
export type CardBody = z.infer<typeof cardBody>
export type Card = z.infer<typeof card>
export type CardSummary = z.infer<typeof cardSummary>

/** JSON with sorted keys and no white space: one text for one value, so that it can be hashed. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value)
}

/** The text whose SHA-256 is the card's hash. */
export function hashedText(body: CardBody | Card): string {
  const { hash: _, ...rest } = body as Card
  return canonicalJson(rest)
}
