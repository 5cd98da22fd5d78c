import * as z from 'zod/mini'
import type { ModelFile } from '../model/modelFile.ts'
import { shapeFault } from '../model/shape.ts'
import { fail } from './faults.ts'

/**
 * Ranges beside a model: ONNX has no place for them and PMML files seldom state them, and a stated range makes smaller
 * ciphertexts and publishes nothing of the weights. A JSON object, per feature what the model file would say of it.
 */
const text = z.string().check(z.minLength(1), z.maxLength(4000))
const rangesFile = z.record(
  z.string(),
  z.strictObject({
    range: z.optional(z.tuple([z.number(), z.number()])),
    step: z.optional(z.number().check(z.positive())),
    outside: z.optional(z.enum(['refuse', 'clamp', 'missing'])),
    label: z.optional(text),
    unit: z.optional(text),
  }),
)

/** Throws `model/syntax` and `model/invalid`, for the ranges file. */
export function applyRanges(file: ModelFile, json: string): ModelFile {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    fail('model/syntax', 'rangesJson')
  }
  const result = z.safeParse(rangesFile, value)
  if (!result.success) fail('model/invalid', 'rangesShape', shapeFault(result.error, value))
  const left = new Map(Object.entries(result.data))
  const features = file.features.map((feature) => {
    const own = left.get(feature.name)
    if (own === undefined) return feature
    left.delete(feature.name)
    if (feature.type === 'category') fail('model/invalid', 'rangesOfCategory', { feature: feature.name })
    const { range = feature.range, step = feature.step, outside = feature.outside, ...words } = own
    return { ...feature, ...words, range, step, outside }
  })
  const [stranger] = left.keys()
  if (stranger !== undefined) fail('model/invalid', 'rangesStranger', { feature: stranger.slice(0, 200) })
  return { ...file, features }
}
