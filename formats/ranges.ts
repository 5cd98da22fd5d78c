import * as z from 'zod/mini'
import type { ModelFile } from '../model/modelFile.ts'
import { shapeFault } from '../model/shape.ts'
import { fail } from './faults.ts'

/**
 * Ranges beside a model: ONNX has no place for them and PMML files seldom state them, and a stated range makes smaller
 * ciphertexts and publishes nothing of the weights. A JSON object, per feature what the model file would say of it; and
 * `columns`, a list of names, for an ONNX file that does not name its own.
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

/** A feature may be called `columns` too: then what stands there is no list. */
const columnsFile = z.looseObject({ columns: z.array(z.string().check(z.minLength(1), z.maxLength(200))) })

export interface Beside {
  readonly ranges: z.infer<typeof rangesFile>
  readonly columns?: readonly string[]
}

/** Throws `model/syntax` and `model/invalid`, for the ranges file. */
export function parseBeside(json: string): Beside {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    fail('model/syntax', 'rangesJson')
  }
  const named = z.safeParse(columnsFile, value)
  const { columns, ...others } = named.success ? named.data : { columns: undefined }
  const result = z.safeParse(rangesFile, named.success ? others : value)
  if (!result.success) fail('model/invalid', 'rangesShape', shapeFault(result.error, value))
  return { ranges: result.data, ...(columns !== undefined && { columns }) }
}

/** A model file with the ranges beside it. Throws `model/invalid` for what is no range of a number of the model. */
export function applyRanges(file: ModelFile, ranges: Beside['ranges']): ModelFile {
  const left = new Map(Object.entries(ranges))
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
