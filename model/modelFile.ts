import * as z from 'zod/mini'
import { expectation, lastSteps, reasons } from '../core/card/card.ts'
import { expression } from '../core/card/expression.ts'
import { link } from '../core/card/link.ts'
import { limitNesting } from '../core/card/nesting.ts'
import { keySizes } from '../core/protocol/paillier/layout.ts'
import { fail } from './faults.ts'
import { foreignNumber, memberTwice } from './jsonText.ts'
import { shapeFault } from './shape.ts'

/**
 * The model file: what a vendor writes. The server splits it into a public card and private weights (`compile.ts`); nothing
 * else ever sees it.
 */

const currentFormat = 'blindscore-model/1'
const text = z.string().check(z.maxLength(4000))
const name = z.string().check(z.minLength(1), z.maxLength(200))
const finite = z.number()

const missing = z.union([z.enum(['refuse', 'keep']), z.strictObject({ impute: z.union([finite, text]) })])
const columnBase = { name, label: z.optional(text), missing: z.optional(missing) }
const featureBase = { ...columnBase, aliases: z.optional(z.array(name).check(z.maxLength(50))) }

const numberBase = {
  unit: z.optional(text),
  /**
   * Inclusive; a value outside is refused before anything is encrypted, unless `outside` says otherwise. A derived
   * column without a range gets the one that interval arithmetic proves; a feature without one gets a wide range that
   * all such features share, which costs room.
   */
  range: z.optional(z.tuple([finite, finite])),
  outside: z.optional(z.enum(['refuse', 'clamp', 'missing'])),
  /**
   * A power of ten of which every value is a multiple. Without it the server chooses one, from the ranges and the
   * tolerance, fine enough that rounding to it stays inside the tolerance.
   */
  step: z.optional(finite.check(z.positive())),
}

const categoryBase = {
  /** All levels, the reference level included. */
  levels: z.array(z.string().check(z.maxLength(400))).check(z.minLength(1), z.maxLength(20000)),
  unknown: z.optional(z.union([z.enum(['refuse', 'reference', 'missing']), z.strictObject({ level: z.string() })])),
}

export const modelFeature = z.discriminatedUnion('type', [
  z.strictObject({
    ...featureBase,
    ...numberBase,
    /** 'integer' is a number with step 1. */
    type: z.enum(['number', 'integer']),
    invalid: z.optional(z.enum(['refuse', 'missing'])),
  }),
  z.strictObject({ ...featureBase, ...categoryBase, type: z.literal('category') }),
])

/** A column that the analyst's browser makes from the columns before it. Public. */
export const modelDerived = z.discriminatedUnion('type', [
  z.strictObject({ ...columnBase, ...numberBase, type: z.literal('number'), expression }),
  z.strictObject({ ...columnBase, ...categoryBase, type: z.literal('category'), expression }),
])

export const term = z.strictObject({
  /** A feature or a derived column. */
  feature: name,
  /** For a category: the level that this weight belongs to. */
  level: z.optional(z.string()),
  weight: finite,
})

export const modelFile = z.strictObject({
  $schema: z.optional(z.string()),
  format: z.literal(currentFormat),
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9._-]{0,99}$/)),
  version: name,
  title: name,
  description: text,
  outcome: z.optional(text),
  data: z.optional(
    z.strictObject({
      name,
      source: z.optional(text),
      licence: z.optional(text),
      rows: z.optional(z.int().check(z.nonnegative())),
    }),
  ),
  quality: z.optional(z.strictObject({ metric: name, value: finite, on: z.optional(text) })),
  features: z.array(modelFeature).check(z.minLength(1), z.maxLength(5000)),
  derived: z.optional(z.array(modelDerived).check(z.maxLength(20000))),
  heads: z
    .array(
      z.strictObject({
        name: z.optional(name),
        intercept: finite,
        terms: z.array(term).check(z.maxLength(20000)),
        /** No part of the response: the points of one characteristic, for reason codes. */
        role: z.optional(z.literal('reason')),
      }),
    )
    .check(z.minLength(1), z.maxLength(1000)),
  link,
  /** Names of the responses, when they are not the heads' or the link's own. */
  responses: z.optional(z.array(name).check(z.minLength(1), z.maxLength(1001))),
  ...lastSteps,
  /** Give the name of the largest response as the record's label; a decision is one by itself. */
  label: z.optional(z.boolean()),
  reasons: z.optional(reasons),
  /** On the linear predictor. 1e-6 when absent. */
  tolerance: z.optional(finite.check(z.positive())),
  /**
   * Whom a server answers with it: those whose access names the model, and nobody where none is asked for. Where nothing is
   * said, also those who may use all models. No part of the card.
   */
  audience: z.optional(z.literal('named')),
  /** The smallest key that must be able to carry a record. */
  smallestKey: z.optional(z.literal([...keySizes])),
  verification: z.optional(
    z
      .array(
        z.strictObject({
          record: z.record(name, z.union([finite, text])),
          ...expectation,
        }),
      )
      .check(z.maxLength(1000)),
  ),
})

export type ModelFile = z.infer<typeof modelFile>
export type ModelDerived = z.infer<typeof modelDerived>
export type ModelColumn = ModelFeature | ModelDerived
export type ModelFeature = z.infer<typeof modelFeature>

/**
 * A model file's text, checked for shape. Throws `model/syntax` when it is not JSON and `model/invalid`, with the
 * place, when it is not a model file.
 */
export function parseModelFile(json: string): ModelFile {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (thrown) {
    const at = faultIn(json, String(thrown))
    const line = at === undefined ? undefined : json.slice(0, at).split('\n').length
    fail('model/syntax', 'modelJson', { line: line ?? null }, line === undefined ? {} : { line })
  }
  const twice = memberTwice(json)
  if (twice) fail('model/syntax', 'memberTwice', { ...twice, name: twice.name.slice(0, 60) }, { line: twice.line })
  return checkModelFile(value)
}

/**
 * Where JSON breaks off, as far as it can be told: the engine's message may quote the file, so that only the place is
 * taken from it, and for the numbers that JSON lacks but programs write it gives none.
 */
function faultIn(json: string, message: string): number | undefined {
  const position = /position (\d+)/.exec(message)?.[1]
  if (position !== undefined) return Number(position)
  if (/end of JSON/.test(message)) return json.length
  return foreignNumber(json)
}

/** A parsed value, checked for shape, whatever it came from. Throws `model/invalid` with the place. */
export function checkModelFile(value: unknown): ModelFile {
  limitNesting(value)
  const result = z.safeParse(modelFile, value)
  if (result.success) return result.data
  // What is another file altogether is told so, and not what it lacks.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { format }: { format?: unknown } = value
    const said = typeof format === 'string' ? format.slice(0, 60) : null
    if (format !== currentFormat) fail('model/invalid', 'modelFormat', { format: said })
  }
  fail('model/invalid', 'modelShape', shapeFault(result.error, value))
}
